// A kernel's phase: what it is, and how one thread runs it alone.

import { CancelledError } from '../errors';
import { settleKernel } from '../sync/_kernel';
import type { KernelExports } from './_module';

/** How the running of a phase is watched and stopped. */
export interface PhaseControl {
  kernel: string;
  signal?: AbortSignal;
  /** Called now and then with the number of pieces done in this phase. */
  onPieces?: (done: number) => void;
}

/** A step of a kernel whose pieces are independent: `fn(begin, end, ...args)` does the pieces begin … end − 1. */
export interface Phase {
  /** Exported function of the family. */
  fn: string;
  /** How many pieces there are; pieces are handed out from a shared index, several at a time. */
  pieces: number;
  /** Addresses and numbers, as the function takes them after `begin` and `end`. */
  args: readonly number[];
  /** What the whole phase may cost on one core, in nanoseconds, roughly: small phases run where they are. */
  costNs: number;
}

/** What a phase may take in one go where the event loop waits for it. */
const TURN_MS = 8;
/** What a first go is to take, by the phase's own estimate, which may be far too low: the next ones are measured. */
const FIRST_NS = 2e6;

/** Runs a phase in this thread, giving the event loop a turn about every TURN_MS. */
export async function runHere(
  exports: KernelExports,
  phase: Phase,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { fn, pieces, args, costNs } = phase;
  exports.__mh_reset();
  let grain = costNs < FIRST_NS ? pieces : Math.max(1, Math.floor((pieces * FIRST_NS) / costNs));
  let turnAt = performance.now();
  for (let begin = 0; begin < pieces; ) {
    const from = performance.now();
    if (from - turnAt >= TURN_MS) {
      await new Promise<void>((resolve) => setTimeout(resolve, 0));
      if (signal?.aborted) throw signal.reason ?? new CancelledError('Cannot go on: the call was cancelled');
      turnAt = performance.now();
    }
    const end = Math.min(pieces, begin + grain);
    callKernel(exports, fn, begin, end, args);
    begin = end;
    const tookMs = Math.max(0.1, performance.now() - Math.max(from, turnAt));
    grain = Math.max(1, Math.min(4 * grain, Math.floor((grain * TURN_MS) / tookMs)));
  }
}

/** One call of an exported range function. */
export function callKernel(
  exports: KernelExports,
  fn: string,
  begin: number,
  end: number,
  args: readonly number[],
): void {
  const kernel = exports[fn];
  if (kernel === undefined) throw new TypeError(`Cannot find the kernel function ${fn}`);
  try {
    kernel(begin, end, ...args);
  } finally {
    settleKernel();
  }
}
