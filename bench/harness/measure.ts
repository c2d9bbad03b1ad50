/**
 * Runs one bench: opens every contender, warms each of them up, then lets them take turns (A, B, C, then
 * B, C, A …), so that a noisy minute of the machine falls on all of them alike.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Summary, summarise } from './statistics.js';
import { type Bench, type Contender, Missing, type Round, type Session, type Target } from './types.js';

export interface Row {
  readonly contender: string;
  readonly ours: boolean;
  /** By metric. Empty where the contender is missing or failed. */
  readonly summaries: Readonly<Record<string, Summary>>;
  readonly missing?: { readonly what: string; readonly howToGet: string };
  readonly failed?: string;
}

export interface Verdict {
  readonly target: Target;
  /** The ratio, or the worst sample; `undefined` where one side was not measured. */
  readonly value?: number;
  readonly met?: boolean;
}

export interface Result {
  readonly bench: Bench;
  readonly rows: readonly Row[];
  readonly verdicts: readonly Verdict[];
}

/**
 * Between two rounds: long enough for the threads of an OpenMP rival, which spin for some milliseconds after
 * their loop, to have gone to sleep.
 */
const PAUSE_MS = 20;
/** Rounds that a bench has however long they take. */
const LEAST_ROUNDS = 2;

interface Turn {
  readonly contender: Contender;
  session?: Session;
  readonly rounds: Round[];
  missing?: Missing;
  failed?: string;
}

/** @param tell Hears what is going on, for a progress line. */
export async function measure(bench: Bench, tell: (what: string) => void): Promise<Result> {
  const turns: Turn[] = bench.contenders.map((contender) => ({ contender, rounds: [] }));
  try {
    for (const turn of turns) {
      tell(`starting ${turn.contender.name}`);
      await open(turn);
    }
    for (let i = 0; i < bench.warmups; i++) {
      for (const turn of turns) {
        tell(`warming up ${turn.contender.name}`);
        await takeTurn(turn, false, bench.keepCode === true);
      }
    }
    const endAt = performance.now() + (bench.limitMs ?? Infinity);
    for (let i = 0; i < bench.rounds; i++) {
      if (i >= LEAST_ROUNDS && performance.now() > endAt) break;
      for (let j = 0; j < turns.length; j++) {
        const turn = turns[(i + j) % turns.length];
        if (i >= (turn.contender.maxRounds ?? bench.rounds)) continue;
        tell(`round ${i + 1} of ${bench.rounds}, ${turn.contender.name}`);
        await takeTurn(turn, true, bench.keepCode === true);
      }
    }
  } finally {
    tell('closing');
    await Promise.allSettled(turns.map((turn) => turn.session?.close()));
  }
  compareChecks(turns);
  const rows = turns.map((turn) => toRow(bench, turn));
  return { bench, rows, verdicts: bench.targets.map((target) => judge(target, rows)) };
}

async function open(turn: Turn): Promise<void> {
  try {
    turn.session = await turn.contender.open();
  } catch (error) {
    if (error instanceof Missing) turn.missing = error;
    else turn.failed = describe(error);
  }
}

async function takeTurn(turn: Turn, counts: boolean, keepCode: boolean): Promise<void> {
  if (!turn.session || turn.failed !== undefined) return;
  if (!keepCode) collectGarbage();
  await sleep(PAUSE_MS);
  try {
    const round = await turn.session.round();
    if (counts) turn.rounds.push(round);
  } catch (error) {
    turn.failed = describe(error);
  }
}

/** A contender whose result differs from the first rival's has not done the job. */
function compareChecks(turns: readonly Turn[]): void {
  const reference = turns.find((turn) => !turn.contender.ours && turn.rounds[0]?.check !== undefined);
  const wanted = reference?.rounds[0].check;
  if (wanted === undefined) return;
  for (const turn of turns) {
    for (const { check } of turn.rounds) {
      if (check === undefined || Math.abs(check - wanted) <= 1e-9 * Math.abs(wanted)) continue;
      turn.failed = `wrong result: ${check}, where ${reference?.contender.name} has ${wanted}`;
    }
  }
}

function toRow(bench: Bench, turn: Turn): Row {
  const summaries: Record<string, Summary> = {};
  if (turn.failed === undefined) {
    for (const { key } of bench.metrics) {
      const measured = turn.rounds.map((round) => round.values[key]).filter((value) => value !== undefined);
      const summary = summarise(measured);
      if (summary) summaries[key] = summary;
    }
  }
  const { missing } = turn;
  return {
    contender: turn.contender.name,
    ours: turn.contender.ours === true,
    summaries,
    ...(missing && { missing: { what: missing.message, howToGet: missing.howToGet } }),
    ...(turn.failed !== undefined && { failed: turn.failed }),
  };
}

/** @returns Ours over the rival's, of the medians. */
export function ratio(rows: readonly Row[], metric: string, rival: string): number | undefined {
  const ours = rows.find((row) => row.ours)?.summaries[metric];
  const theirs = rows.find((row) => row.contender === rival)?.summaries[metric];
  return ours && theirs && ours.median / theirs.median;
}

function judge(target: Target, rows: readonly Row[]): Verdict {
  const value =
    target.against === undefined
      ? rows.find((row) => row.ours)?.summaries[target.metric]?.[target.atMost === undefined ? 'min' : 'max']
      : ratio(rows, target.metric, target.against);
  if (value === undefined) return { target };
  const met = value <= (target.atMost ?? Infinity) && value >= (target.atLeast ?? -Infinity);
  return { target, value, met };
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}`.split('\n')[0] : String(error);
}

let gc: (() => void) | undefined;

/** Nobody's round starts with another's garbage. */
export function collectGarbage(): void {
  gc ??= collector();
  gc();
}

/** Bun has a function of its own, Deno is started with the flag, Node is given it here. */
function collector(): () => void {
  const { Bun, gc: exposed } = globalThis as { Bun?: { gc(force: boolean): void }; gc?: () => void };
  if (Bun) return () => Bun.gc(true);
  if (exposed) return exposed;
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
