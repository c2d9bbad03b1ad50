// Shares a kernel phase among a pool's workers: one job block, one frame for each worker that takes part.

import { atomicLoad, atomicStore, store32 } from '../../assembly/atomics/index';
import {
  JOB_ARGC,
  JOB_ARGS,
  JOB_CANCELLED,
  JOB_DONE,
  JOB_FN,
  JOB_NEXT,
  JOB_PIECES,
  JOB_WORKERS,
} from '../../assembly/pool/job';
import { allocate, release } from '../heap/heap';
import { type Family, loadKernels } from '../kernels/_module';
import { callKernel, type Phase, type PhaseControl } from '../kernels/_plan';
import type { PoolBackend } from './_backend';
import { PhaseJob } from './_jobs';
import { writeF64 } from './frames';
import { freeName, writeName } from './names';

const PROGRESS_MS = 50;

/** Runs the phase; rejects with the first error once no worker touches the phase's memory any more. */
export async function runPhaseOn(
  backend: PoolBackend,
  family: Family,
  phase: Phase,
  control: PhaseControl,
): Promise<void> {
  const { pieces, args, fn } = phase;
  if (backend.kind !== 'shared') {
    const exports = await loadKernels(family);
    exports.__mh_reset();
    if (pieces > 0) callKernel(exports, fn, 0, pieces, args);
    return;
  }
  const { signal, onPieces } = control;
  const workers = Math.min(backend.processes, pieces);
  const bytes = JOB_ARGS + args.length * 8;
  const job = allocate(bytes, 'job');
  const name = writeName(fn);
  store32(job + JOB_NEXT, 0);
  store32(job + JOB_PIECES, pieces);
  store32(job + JOB_CANCELLED, 0);
  store32(job + JOB_DONE, 0);
  store32(job + JOB_WORKERS, workers);
  store32(job + JOB_ARGC, args.length);
  store32(job + JOB_FN, name.address);
  for (const [i, value] of args.entries()) writeF64(job + JOB_ARGS + i * 8, value);
  const cancel = () => atomicStore(job + JOB_CANCELLED, 1);
  signal?.addEventListener('abort', cancel, { once: true });
  const timer = onPieces && setInterval(() => onPieces(atomicLoad(job + JOB_DONE)), PROGRESS_MS);
  try {
    const parts: Promise<void>[] = [];
    for (let i = 0; i < workers; i++) {
      parts.push(
        new Promise<void>((resolve, reject) => {
          backend.submit(
            new PhaseJob(family.name, job, resolve, (error) => {
              cancel();
              reject(error);
            }),
          );
        }),
      );
    }
    const ends = await Promise.allSettled(parts);
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', cancel);
    freeName(name);
    release(job, bytes, 'job');
  }
}
