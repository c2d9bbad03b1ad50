// Shares a kernel phase among a pool's workers: one job block, one frame for each worker that takes part.
//
// To wake a worker that sleeps takes 60 to 130 µs, and as long again until its end wakes the caller (measured on two cores of
// a virtual machine). So the thread that calls is one of the workers where it is to wait anyway: in the sync forms, and in
// the others for as long as its event loop can do without a turn. It begins alone, and wakes others once it knows that
// enough is left; who has not come when nothing is left is not waited for.

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
import { type Family, type KernelExports, loadKernels, loadKernelsSync } from '../kernels/_module';
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

  /** Pieces that somebody has begun; more than there are, once none is left. */
  get begun(): number {
    return atomicLoad(this.address + JOB_NEXT);
  }

  free(): void {
    letGo(this.address);
  }
}

/** The workers' parts in a phase, beside the caller's. */
class Helpers {
  readonly #parts: PhaseJob[] = [];
  #open = 0;
  #failure: { error: unknown } | undefined;
  #resolve: (() => void) | undefined;

  constructor(
    private readonly backend: PoolBackend,
    private readonly family: Family,
    private readonly job: JobBlock,
  ) {}

  /** The first failure of a part. */
  get failure(): { error: unknown } | undefined {
    return this.#failure;
  }

  /** Whether one needs no wake-up. */
  get areAwake(): boolean {
    return this.backend.isWatched;
  }

  /** Fails the phase: the others stop between pieces. */
  fail(error: unknown): void {
    this.job.cancel();
    this.#failure ??= { error };
  }

  /** Gives parts to so many workers. */
  call(workers: number): void {
    if (workers <= 0) return;
    const end = () => {
      if (--this.#open === 0) this.#resolve?.();
    };
    const fail = (error: unknown) => {
      this.fail(error);
      end();
    };
    this.#open += workers;
    for (let i = 0; i < workers; i++) {
      const part = new PhaseJob(this.family.name, this.job.address, end, fail);
      this.#parts.push(part);
      this.backend.submit(part);
    }
    this.backend.pump(); // all at once: the caller's turn may last
  }

  /** Nothing is left: takes back the parts that no worker has begun. */
  callOff(): void {
    for (const part of this.#parts) if (this.#open > 0 && this.backend.retract(part)) this.#open--;
  }

  /** Whether no worker touches the phase's memory any more. */
  readonly haveEnded = (): boolean => this.#open === 0;

  /** Resolves when they have. */
  ended(): Promise<void> | undefined {
    if (this.#open === 0) return undefined;
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }
}

/** From this estimate on it is clear that others are to help, and from this one if they need no wake-up. */
const SURE_NS = 1e6;
const SURE_AWAKE_NS = 150_000;
/** For so long the caller looks how fast it is alone. */
const LOOK_MS = 0.04;
/** What takes it less than this is done before others have come. */
const ALONE_MS = 0.15;
/** So many times as long as to call others is what is left at least: to share it pays from about there on. */
const CALLS = 2;

/** What it takes to call workers that sleep, smoothed. */
let callMs = ALONE_MS / CALLS;

/** The caller's part, until nothing is left or the clock says `until`; others are called where that pays. */
function lead(
  exports: KernelExports,
  phase: Phase,
  job: JobBlock,
  helpers: Helpers,
  workers: number,
  until: number,
): void {
  if (workers > 1) {
    const { pieces, costNs } = phase;
    const began = performance.now();
    if (costNs < (helpers.areAwake ? SURE_AWAKE_NS : SURE_NS)) {
      workOn(exports, job.address, began + LOOK_MS);
      const { begun } = job;
      if (begun >= pieces) return;
      const now = performance.now();
      const msLeft = ((now - began) * (pieces - begun)) / begun;
      if (msLeft >= Math.max(ALONE_MS, CALLS * callMs)) {
        helpers.call(workers - 1);
        callMs += (performance.now() - now - callMs) / 8;
      } else callMs += (ALONE_MS / CALLS - callMs) / 64; // what it has learnt may be out of date
    } else helpers.call(workers - 1);
  }
  workOn(exports, job.address, until);
}

/** For so long the caller of an asynchronous form works without a turn of its event loop, as long again to end a phase. */
const LEAD_MS = 2;
/** In all, of several calls. */
const LEADS_MS = 8;

/** How long this thread has led since its event loop was seen to turn. */
let ledMs = 0;
const turned = () => {
  ledMs = 0;
};

function noteLead(ms: number): void {
  const before = ledMs;
  ledMs += ms;
  if (before < LEADS_MS && ledMs >= LEADS_MS) setTimeout(turned, 0);
}

/** Whether the caller is one of the workers: it is not for long, and the cores have nothing else to do. */
function isLed(backend: PoolBackend, { costNs }: Phase, workers: number): boolean {
  return costNs <= workers * LEAD_MS * 1e6 && ledMs < LEADS_MS && backend.isFree;
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
  const helpers = new Helpers(backend, family, job);
  signal?.addEventListener('abort', job.cancel, { once: true });
  const timer = onPieces && setInterval(() => onPieces(job.done), PROGRESS_MS);
  try {
    if (isLed(backend, phase, workers)) {
      const began = performance.now();
      try {
        const exports = loadKernelsSync(family);
        lead(exports, phase, job, helpers, workers, began + LEAD_MS);
        // To give its place to a worker would take longer than the rest, if that is short.
        const took = performance.now() - began;
        const { begun } = job;
        if (begun < phase.pieces && (took * (phase.pieces - begun)) / begun <= LEAD_MS)
          workOn(exports, job.address, began + took + LEAD_MS);
      } catch (error) {
        helpers.fail(error);
      }
      noteLead(performance.now() - began);
      // In the caller's place.
      if (job.begun < phase.pieces && helpers.failure === undefined) helpers.call(1);
      else helpers.callOff();
    } else helpers.call(workers);
    await helpers.ended();
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', job.cancel);
    if (!isQuarantined(helpers.failure?.error)) job.free();
  }
  if (helpers.failure !== undefined) throw helpers.failure.error;
}

/** Runs the phase with this thread as one of the workers, blocking until all are done. */
export function runPhaseSyncOn(
  backend: PoolBackend,
  family: Family,
  phase: Phase,
  exports: KernelExports,
): void {
  const workers = Math.min(backend.processes, phase.pieces);
  const job = new JobBlock(phase, workers);
  const helpers = new Helpers(backend, family, job);
  try {
    lead(exports, phase, job, helpers, workers, Number.POSITIVE_INFINITY);
  } catch (error) {
    helpers.fail(error);
  }
  helpers.callOff();
  backend.block(helpers.haveEnded, phase.fn);
  if (!isQuarantined(helpers.failure?.error)) job.free();
  if (helpers.failure !== undefined) throw helpers.failure.error;
}
