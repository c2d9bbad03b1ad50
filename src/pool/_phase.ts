// Shares a kernel phase among a pool's workers: one job block, one frame for each worker that takes part.

import { atomicLoad, atomicStore, store32 } from '../../assembly/atomics/index';
import { OBJECT_JOB } from '../../assembly/heap/holds';
import {
  JOB_ARGC,
  JOB_ARGS,
  JOB_CANCELLED,
  JOB_DONE,
  JOB_FN,
  JOB_MAGIC,
  JOB_MAGIC_VALUE,
  JOB_NEXT,
  JOB_PIECES,
  JOB_WORKERS,
} from '../../assembly/pool/job';
import { allocateObject } from '../heap/heap';
import { holdNew, letGo } from '../heap/holds';
import { type Family, type KernelExports, loadKernels } from '../kernels/_module';
import { type Phase, type PhaseControl, runHere } from '../kernels/_phase';
import { workOn } from '../worker/phase';
import type { PoolBackend } from './_backend';
import { isQuarantined } from './_calls';
import { PhaseJob } from './_jobs';
import { jobBytes } from './board';
import { writeF64 } from './frames';
import { writeName } from './names';

const PROGRESS_MS = 50;

/** A phase's block on the heap; whoever buries the thread that has made it finds it among what that held. */
class JobBlock {
  readonly address: number;

  constructor({ fn, pieces, args }: Phase, threads: number) {
    this.address = allocateObject(jobBytes(args.length), 'job');
    store32(this.address + JOB_NEXT, 0);
    store32(this.address + JOB_PIECES, pieces);
    store32(this.address + JOB_CANCELLED, 0);
    store32(this.address + JOB_DONE, 0);
    store32(this.address + JOB_WORKERS, threads);
    store32(this.address + JOB_ARGC, args.length);
    for (const [i, value] of args.entries()) writeF64(this.address + JOB_ARGS + i * 8, value);
    atomicStore(this.address + JOB_MAGIC, JOB_MAGIC_VALUE);
    holdNew(this.address, OBJECT_JOB);
    writeName(fn, this.address + JOB_FN);
  }

  /** Asks the threads to stop between pieces. */
  readonly cancel = (): void => atomicStore(this.address + JOB_CANCELLED, 1);

  get done(): number {
    return atomicLoad(this.address + JOB_DONE);
  }

  free(): void {
    letGo(this.address);
  }
}

/** Runs the phase; rejects with the first error once no worker touches the phase's memory any more. */
export async function runPhaseOn(
  backend: PoolBackend,
  family: Family,
  phase: Phase,
  control: PhaseControl,
): Promise<void> {
  if (backend.kind !== 'shared') {
    await runHere(await loadKernels(family), phase, control.signal);
    return;
  }
  const { signal, onPieces } = control;
  const workers = Math.min(backend.processes, phase.pieces);
  const job = new JobBlock(phase, workers);
  signal?.addEventListener('abort', job.cancel, { once: true });
  const timer = onPieces && setInterval(() => onPieces(job.done), PROGRESS_MS);
  let failure: { error: unknown } | undefined;
  try {
    const parts = Array.from({ length: workers }, () => submitPart(backend, family, job));
    const ends = await Promise.allSettled(parts);
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) failure = { error: failed.reason };
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', job.cancel);
    if (!isQuarantined(failure?.error)) job.free();
  }
  if (failure !== undefined) throw failure.error;
}

/** One worker's part; a failure stops the others between pieces. */
function submitPart(backend: PoolBackend, family: Family, job: JobBlock): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      job.cancel();
      reject(error);
    };
    backend.submit(new PhaseJob(family.name, job.address, resolve, fail));
  });
}

/** Runs the phase with this thread as one of the workers, blocking until all are done. */
export function runPhaseSyncOn(
  backend: PoolBackend,
  family: Family,
  phase: Phase,
  exports: KernelExports,
): void {
  const helpers = Math.min(Math.max(1, backend.processes - 1), phase.pieces - 1);
  const job = new JobBlock(phase, helpers + 1);
  let open = helpers;
  let failure: { error: unknown } | undefined;
  const end = () => void open--;
  const fail = (error: unknown) => {
    job.cancel();
    failure ??= { error };
    open--;
  };
  for (let i = 0; i < helpers; i++) backend.submit(new PhaseJob(family.name, job.address, end, fail));
  try {
    workOn(exports, job.address);
  } catch (error) {
    job.cancel();
    failure ??= { error };
  }
  backend.block(() => open === 0, phase.fn);
  if (!isQuarantined(failure?.error)) job.free();
  if (failure !== undefined) throw failure.error;
}
