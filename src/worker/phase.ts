// Works on a kernel's phases until no piece is left: what every worker of a pool does with a PHASE frame, and what a
// thread that waits for them may do itself.

import { atomicLoad, load32 } from '../../assembly/atomics/index';
import {
  finishPieces,
  GATE_SHUT,
  JOB_FIRST,
  JOB_PHASES,
  JOB_WORKERS,
  PHASE_ARGC,
  PHASE_ARGS,
  PHASE_FN,
  PHASE_GATE,
  PHASE_NEXT,
  PHASE_PIECES,
  phaseBytes,
  takePieces,
} from '../../assembly/pool/job';
import { Spinner } from '../heap/spin';
import { families } from '../kernels/_families';
import { type KernelExports, loadKernels } from '../kernels/_module';
import { readF64 } from '../pool/frames';
import { readName } from '../pool/names';
import { block } from '../sync/_block';
import { settleKernel } from '../sync/_kernel';
import type { Limit } from '../sync/_options';

/** What one call of a kernel should take: long against handing out, short against a cancellation. */
const TARGET_MS = 0.5;

/** Families whose kernels this thread has, by name: a phase of one of them runs at once. */
const loaded = new Map<string, KernelExports>();

/** Works on the job; a promise if the family has to be loaded first. */
export function runPhaseHere(familyName: string, job: number): void | Promise<void> {
  const exports = loaded.get(familyName);
  if (exports === undefined)
    return loadFamily(familyName).then((kernels) => workOn(kernels, job, Number.POSITIVE_INFINITY, sleepAt));
  workOn(exports, job, Number.POSITIVE_INFINITY, sleepAt);
}

async function loadFamily(name: string): Promise<KernelExports> {
  const exports = await loadKernels(families[name]);
  loaded.set(name, exports);
  return exports;
}

/**
 * Takes pieces and runs them, phase by phase, until none is left, or until the clock says `until`.
 *
 * @param sleep waits until a gate is open, where others take longer for the end of a phase than looking pays; without it
 * the thread leaves
 */
export function workOn(
  exports: KernelExports,
  job: number,
  until: number,
  sleep?: (gate: number) => void,
): void {
  let phase = job + JOB_FIRST;
  for (let left = load32(job + JOB_PHASES); left > 0; left--) {
    if (!workOnPhase(exports, job, phase, until)) return;
    if (left > 1 && !passGate(phase + PHASE_GATE, sleep)) return;
    phase += phaseBytes(load32(phase + PHASE_ARGC));
  }
}

/** Runs pieces of one phase; false if the time is over. */
function workOnPhase(exports: KernelExports, job: number, phase: number, until: number): boolean {
  const pieces = load32(phase + PHASE_PIECES);
  const workers = load32(job + JOB_WORKERS);
  const args: number[] = [];
  for (let i = load32(phase + PHASE_ARGC) - 1; i >= 0; i--) args[i] = readF64(phase + PHASE_ARGS + i * 8);
  const kernel = exports[readName(load32(phase + PHASE_FN))];
  if (kernel === undefined)
    throw new TypeError(`Cannot find the kernel function ${readName(load32(phase + PHASE_FN))}`);
  exports.__mh_reset();
  let grain = 1;
  let before = performance.now();
  try {
    while (true) {
      const begin = takePieces(job, phase, grain);
      if (begin >= pieces) break;
      const end = Math.min(pieces, begin + grain);
      kernel(begin, end, ...args);
      finishPieces(phase, end - begin);
      const now = performance.now();
      const perPiece = Math.max(1e-5, (now - before) / (end - begin));
      before = now;
      const left = pieces - load32(phase + PHASE_NEXT);
      if (now >= until) return false;
      grain = Math.max(1, Math.floor(Math.min(TARGET_MS, until - now) / perPiece));
      grain = Math.min(grain, Math.max(1, Math.floor(left / (2 * workers))));
    }
  } finally {
    settleKernel();
    exports.__mh_reset();
  }
  return true;
}

const spinner = new Spinner();

/** Waits until a gate opens; false if it is shut and the thread is not to wait for it. */
function passGate(gate: number, sleep: ((gate: number) => void) | undefined): boolean {
  if (spinner.watch(gate, GATE_SHUT)) return true;
  if (sleep === undefined) return false;
  const since = performance.now();
  sleep(gate);
  spinner.learnFromSleep(performance.now() - since);
  return true;
}

const GATE_LIMIT: Limit = {
  what: 'wait for the other threads of a kernel',
  at: Number.POSITIVE_INFINITY,
  timeout: Number.POSITIVE_INFINITY,
  signal: undefined,
};

/** How a worker waits: whoever buries another, and has heard of its death, opens all gates. */
function sleepAt(gate: number): void {
  block(gate, () => atomicLoad(gate), GATE_LIMIT, 'the asynchronous form');
}
