/**
 * The words the benches are written in: a group holds benches, a bench has contenders and targets, and a
 * contender opens a session that is asked for one round after another.
 */
import type { Result } from './measure.js';

/** What every bench is told by the command line. */
export interface Options {
  /** Few rounds: the shape of the result, not its last digit. */
  readonly quick: boolean;
  /** Worker threads that ours and each rival may use. */
  readonly workers: number;
}

export interface Group {
  readonly name: string;
  readonly summary: string;
  benches(options: Options): Bench[];
  /** A table of all that was measured of the group, as Markdown. */
  summarise?(results: readonly Result[]): string;
}

export interface Bench {
  readonly name: string;
  readonly title: string;
  /** Each round runs every contender once, starting with another one each time. */
  readonly rounds: number;
  /** No round begins after so many milliseconds, but for the first two. */
  readonly limitMs?: number;
  readonly warmups: number;
  /**
   * Leave the collector alone between turns: a forced collection also ages compiled code away, and short tasks would
   * then measure the compiler, a new time in every round.
   */
  readonly keepCode?: boolean;
  readonly metrics: readonly Metric[];
  /** The first one marked `ours` is what the ratios and the targets speak of. */
  readonly contenders: readonly Contender[];
  readonly targets: readonly Target[];
  /** What the reader has to know about how it was measured. */
  readonly notes?: readonly string[];
}

export interface Metric {
  readonly key: string;
  readonly label: string;
  readonly better: 'lower' | 'higher';
  /** The column beside the median: the 99th percentile of all samples, or the worst of them. */
  readonly tail?: 'p99' | 'max';
  readonly digits?: number;
}

export interface Contender {
  readonly name: string;
  readonly ours?: boolean;
  /** Measures at most so many rounds, for a rival that takes seconds. */
  readonly maxRounds?: number;
  /** @throws {Missing} where this machine does not have it. */
  open(): Promise<Session>;
}

export interface Session {
  round(): Promise<Round>;
  close(): Promise<void> | void;
}

export interface Round {
  /** Per metric one figure, or one per operation. A metric that is left out is not measured here. */
  readonly values: Readonly<Record<string, number | ArrayLike<number>>>;
  /** A number drawn from the result: all contenders must agree to 1e-9. */
  readonly check?: number;
}

export interface Target {
  readonly metric: string;
  /** A contender's name: the ratio of the medians, ours over it, is judged. Without it: the worst sample. */
  readonly against?: string;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** A rival that this machine does not have, and how to get it. */
export class Missing extends Error {
  override readonly name = 'Missing';

  constructor(
    what: string,
    readonly howToGet: string,
  ) {
    super(what);
  }
}
