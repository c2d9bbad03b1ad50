// Shares a kernel's phases among a pool's workers: one job block, one frame for each worker that takes part.
//
// To wake a worker that sleeps takes 60 to 130 µs, and as long again until its end wakes the caller (measured on two cores of
// a virtual machine). So the thread that calls is one of the workers where it is to wait anyway: in the sync forms, and in
// the others for as long as its event loop can do without a turn. It begins alone, and wakes others once it knows that
// enough is left; who has not come when nothing is left is not waited for.

import { atomicLoad, atomicStore, store32, waitWord } from '../../assembly/atomics/index';
import { OBJECT_JOB } from '../../assembly/heap/holds';
import {
  GATE_SHUT,
  JOB_BYTES,
  JOB_CANCELLED,
  JOB_FIRST,
  JOB_MAGIC,
  JOB_MAGIC_VALUE,
  JOB_NAMES,
  JOB_PHASES,
  JOB_WORKERS,
  openGate,
  PHASE_ARGC,
  PHASE_ARGS,
  PHASE_DONE,
  PHASE_FN,
  PHASE_GATE,
  PHASE_NEXT,
  PHASE_PIECES,
  phaseBytes,
} from '../../assembly/pool/job';
import { allocateObject } from '../heap/heap';
import { holdNew, letGo } from '../heap/holds';
import { type Family, type KernelExports, loadKernels, loadKernelsSync } from '../kernels/_module';
import { type Phase, type PhaseControl, runHere } from '../kernels/_phase';
import { workOn } from '../worker/phase';
import type { PoolBackend } from './_backend';
import { isQuarantined } from './_calls';
import { PhaseJob } from './_jobs';
import { writeF64 } from './frames';
import { writeName } from './names';

const PROGRESS_MS = 50;

/** The phases' block on the heap; whoever buries the thread that has made it finds it among what that held. */
class JobBlock {
  readonly address: number;
  /** Where each phase stands. */
  readonly #places: number[] = [];
  /** What the phases may cost on one core, by their own estimates. */
  readonly costNs: number;

  constructor(
    private readonly phases: readonly Phase[],
    threads: number,
  ) {
    let bytes = JOB_FIRST;
    let costNs = 0;
    for (const phase of phases) {
      bytes += phaseBytes(phase.args.length);
      costNs += costOf(phase);
    }
    this.costNs = costNs;
    this.address = allocateObject(bytes, 'job');
    store32(this.address + JOB_BYTES, bytes);
    store32(this.address + JOB_WORKERS, threads);
    store32(this.address + JOB_PHASES, phases.length);
    atomicStore(this.address + JOB_MAGIC, JOB_MAGIC_VALUE);
    holdNew(this.address, OBJECT_JOB);
    const names = new Map<string, number>();
    let place = this.address + JOB_FIRST;
    for (const { fn, pieces, args } of phases) {
      const name = names.get(fn) ?? writeName(fn, this.address + JOB_NAMES);
      names.set(fn, name);
      store32(place + PHASE_PIECES, pieces);
      if (pieces > 0) store32(place + PHASE_GATE, GATE_SHUT);
      store32(place + PHASE_ARGC, args.length);
      for (const [i, value] of args.entries()) writeF64(place + PHASE_ARGS + i * 8, value);
      store32(place + PHASE_FN, name);
      this.#places.push(place);
      place += phaseBytes(args.length);
    }
  }

  /** Asks the threads to stop between pieces. */
  readonly cancel = (): void => {
    atomicStore(this.address + JOB_CANCELLED, 1);
    for (const place of this.#places) openGate(place);
  };

  /** Pieces done, of all phases. */
  get done(): number {
    return this.#places.reduce((done, place) => done + atomicLoad(place + PHASE_DONE), 0);
  }

  /** What the pieces may cost that nobody has begun: 0 once none is left. */
  get leftNs(): number {
    let ns = 0;
    for (const [i, phase] of this.phases.entries()) {
      const left = phase.pieces - atomicLoad(this.#places[i] + PHASE_NEXT);
      if (left > 0) ns += (costOf(phase) * left) / phase.pieces;
    }
    return ns;
  }

  free(): void {
    letGo(this.address);
  }
}

/** What the phase may cost: never nothing. */
const costOf = ({ costNs }: Phase): number => Math.max(1, costNs);

/** The workers' parts in a job, beside the caller's. */
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

  /** Fails the job: the others stop between pieces. */
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

  /** Whether no worker touches the job's memory any more. */
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

/**
 * The caller's part, until nothing is left or the clock says `until`; others are called where that pays.
 *
 * @param sleep waits for the end of a phase; without it the caller leaves there
 */
function lead(
  exports: KernelExports,
  job: JobBlock,
  helpers: Helpers,
  workers: number,
  until: number,
  sleep?: (gate: number) => void,
): void {
  if (workers > 1) {
    const { costNs } = job;
    const began = performance.now();
    if (costNs < (helpers.areAwake ? SURE_AWAKE_NS : SURE_NS)) {
      workOn(exports, job.address, began + LOOK_MS);
      const { leftNs } = job;
      if (leftNs === 0) return;
      const now = performance.now();
      const msLeft = ((now - began) * leftNs) / (costNs - leftNs);
      if (msLeft >= Math.max(ALONE_MS, CALLS * callMs)) {
        helpers.call(workers - 1);
        callMs += (performance.now() - now - callMs) / 8;
      } else callMs += (ALONE_MS / CALLS - callMs) / 64; // what it has learnt may be out of date
    } else helpers.call(workers - 1);
  }
  workOn(exports, job.address, until, sleep);
}

/** For so long the caller of an asynchronous form works without a turn of its event loop, as long again to end a job. */
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
function isLed(backend: PoolBackend, { costNs }: JobBlock, workers: number): boolean {
  return costNs <= workers * LEAD_MS * 1e6 && ledMs < LEADS_MS && backend.isFree;
}

/** How many workers can have a part: no more than a phase has pieces. */
const partsOf = (backend: PoolBackend, phases: readonly Phase[]): number =>
  Math.min(backend.processes, Math.max(...phases.map(({ pieces }) => pieces)));

/** Runs the phases, one after the other; rejects with the first error once no worker touches their memory any more. */
export async function runPhasesOn(
  backend: PoolBackend,
  family: Family,
  phases: readonly Phase[],
  control: PhaseControl,
): Promise<void> {
  const { signal, onPieces } = control;
  if (backend.kind !== 'shared') {
    const exports = await loadKernels(family);
    for (const phase of phases) await runHere(exports, phase, signal);
    return;
  }
  const workers = partsOf(backend, phases);
  const job = new JobBlock(phases, workers);
  const helpers = new Helpers(backend, family, job);
  signal?.addEventListener('abort', job.cancel, { once: true });
  const timer = onPieces && setInterval(() => onPieces(job.done), PROGRESS_MS);
  try {
    if (isLed(backend, job, workers)) {
      const began = performance.now();
      try {
        const exports = loadKernelsSync(family);
        lead(exports, job, helpers, workers, began + LEAD_MS);
        // To give its place to a worker would take longer than the rest, if that is short.
        const took = performance.now() - began;
        const { leftNs } = job;
        if (leftNs > 0 && (took * leftNs) / (job.costNs - leftNs) <= LEAD_MS)
          workOn(exports, job.address, began + took + LEAD_MS);
      } catch (error) {
        helpers.fail(error);
      }
      noteLead(performance.now() - began);
      // In the caller's place.
      if (job.leftNs > 0 && helpers.failure === undefined) helpers.call(1);
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

/** A thread that blocks at a gate looks after its workers so often, for so long: one that died opens no gate. */
const GATE_SLICE_MS = 5;
const LOOK_ROUND_MS = 1;

/** Runs the phases with this thread as one of the workers, blocking until all are done. */
export function runPhasesSyncOn(
  backend: PoolBackend,
  family: Family,
  phases: readonly Phase[],
  exports: KernelExports,
): void {
  const workers = partsOf(backend, phases);
  const job = new JobBlock(phases, workers);
  const helpers = new Helpers(backend, family, job);
  const { fn } = phases[0];
  const sleep = (gate: number): void => {
    const isOpen = () => atomicLoad(gate) !== GATE_SHUT;
    while (!isOpen()) {
      waitWord(gate, GATE_SHUT, GATE_SLICE_MS);
      backend.block(isOpen, fn, performance.now() + LOOK_ROUND_MS);
    }
  };
  try {
    lead(exports, job, helpers, workers, Number.POSITIVE_INFINITY, sleep);
  } catch (error) {
    helpers.fail(error);
  }
  helpers.callOff();
  backend.block(helpers.haveEnded, fn);
  if (!isQuarantined(helpers.failure?.error)) job.free();
  if (helpers.failure !== undefined) throw helpers.failure.error;
}
