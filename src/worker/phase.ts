// Works on a kernel phase until no piece is left: what every worker of a pool does with a PHASE frame, and what a
// thread that waits for a phase may do itself.

import { atomicAdd, load32 } from '../../assembly/atomics/index';
import {
  JOB_ARGC,
  JOB_ARGS,
  JOB_DONE,
  JOB_FN,
  JOB_NEXT,
  JOB_PIECES,
  JOB_WORKERS,
  takePieces,
} from '../../assembly/pool/job';
import { families } from '../kernels/_families';
import { type KernelExports, loadKernels } from '../kernels/_module';
import { readF64 } from '../pool/frames';
import { readName } from '../pool/names';
import { settleKernel } from '../sync/_kernel';

/** What one call of a kernel should take: long against handing out, short against a cancellation. */
const TARGET_MS = 0.5;

/** Families whose kernels this thread has, by name: a phase of one of them runs at once. */
const loaded = new Map<string, KernelExports>();

/** Works on the job; a promise if the family has to be loaded first. */
export function runPhaseHere(familyName: string, job: number): void | Promise<void> {
  const exports = loaded.get(familyName);
  if (exports === undefined) return loadFamily(familyName).then((kernels) => workOn(kernels, job));
  workOn(exports, job);
}

async function loadFamily(name: string): Promise<KernelExports> {
  const exports = await loadKernels(families[name]);
  loaded.set(name, exports);
  return exports;
}

/** Takes pieces and runs them until none is left, or until the clock says `until`. */
export function workOn(exports: KernelExports, job: number, until = Number.POSITIVE_INFINITY): void {
  const pieces = load32(job + JOB_PIECES);
  const workers = load32(job + JOB_WORKERS);
  const args: number[] = [];
  for (let i = load32(job + JOB_ARGC) - 1; i >= 0; i--) args[i] = readF64(job + JOB_ARGS + i * 8);
  const kernel = exports[readName(load32(job + JOB_FN))];
  if (kernel === undefined)
    throw new TypeError(`Cannot find the kernel function ${readName(load32(job + JOB_FN))}`);
  exports.__mh_reset();
  let grain = 1;
  let before = performance.now();
  try {
    while (true) {
      const begin = takePieces(job, grain);
      if (begin >= pieces) break;
      const end = Math.min(pieces, begin + grain);
      kernel(begin, end, ...args);
      atomicAdd(job + JOB_DONE, end - begin);
      const now = performance.now();
      const perPiece = Math.max(1e-5, (now - before) / (end - begin));
      before = now;
      const left = pieces - load32(job + JOB_NEXT);
      if (now >= until) break;
      grain = Math.max(1, Math.floor(Math.min(TARGET_MS, until - now) / perPiece));
      grain = Math.min(grain, Math.max(1, Math.floor(left / (2 * workers))));
    }
  } finally {
    settleKernel();
  }
  exports.__mh_reset();
}
