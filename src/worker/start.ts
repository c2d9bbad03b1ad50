// A worker's start: takes its place in the program, runs the initializer, serves tasks until it is asked to end.
// The runtime's own worker file (worker.node.ts, worker.browser.ts) calls this with its side of the connection.

import { atomicAdd, atomicLoad, atomicStore, notifyWord } from '../../assembly/atomics/index';
import { reclaimLinked } from '../../assembly/heap/making';
import { NOTE_THREAD, threadNote } from '../../assembly/heap/notes';
import {
  deadWith,
  EXIT_BIT,
  ringBell,
  THREAD_BELL,
  THREAD_EXIT,
  THREAD_MESSAGES,
  THREAD_PARENT,
  THREAD_STATE,
} from '../../assembly/heap/threads';
import { decode, encode, encodeError } from '../codec/index';
import { attachHeap, withoutHeap } from '../heap/heap';
import { registerBoards } from '../pool/board';
import { FRAME_PHASE } from '../pool/frames';
import { enterProcess } from '../process/current';
import { leavers } from '../runtime/hold';
import { type FromWorker, runtime, type ToWorker, type WorkerBoot } from '../runtime/runtime';
import { keepHolds, settleHolds } from '../sync/_holds';
import { loadWatch } from '../sync/_watch';
import { findTask } from '../tasks/registry';
import { runItems } from './items';
import { checkKinds } from './kinds';
import { serve } from './loop';

/** The worker's side of the connection to its parent. */
export interface ParentPort {
  post(message: FromWorker): void;
  /** Ends the thread once nothing of the user's keeps it; the parent ends it otherwise. */
  leave(): void;
}

let thread: WorkerBoot | undefined;
let stopAsked: (() => void) | undefined;

/** Enters the program and serves; resolves when the worker has left. */
export async function startWorker(boot: WorkerBoot, port: ParentPort): Promise<void> {
  thread = boot;
  checkKinds();
  enterProcess(boot);
  if (boot.memory !== undefined) {
    attachHeap(boot.memory, boot.record);
    registerBoards();
    atomicStore(threadNote(boot.record) + NOTE_THREAD, runtime().osThread?.() ?? 0);
    await loadWatch();
  }
  const { initializer } = boot;
  if (initializer !== undefined) {
    try {
      await (await findTask(initializer.key))(...(decode(initializer.args) as unknown[]));
    } catch (error) {
      port.post({ type: 'broken', error: encodeError(error) });
      return;
    }
  }
  keepHolds();
  port.post({ type: 'ready' });
  open();
  if (boot.board !== 0)
    await serve(boot.board, boot.maxTasks, boot.maxMemory === undefined ? undefined : isFull);
  else await new Promise<void>((resolve) => (stopAsked = resolve));
  if (leavers.size > 0) await endPools();
  port.post({ type: 'bye', exitCode: 0 });
  port.leave();
}

/** How long a worker's own pools may take to end: its parent waits no longer than half a second. */
const LEAVE_MS = 300;

/** Ends the pools that this worker made: only it can give back what they hold of the heap. */
function endPools(): Promise<unknown> {
  const limit = new Promise((resolve) => setTimeout(resolve, LEAVE_MS));
  return Promise.race([limit, Promise.all([...leavers].map((end) => end()))]);
}

/** Whether the worker uses more memory than it may. */
function isFull(): boolean {
  const { maxMemory } = thread ?? {};
  return maxMemory !== undefined && (runtime().memoryUsed?.() ?? 0) > maxMemory;
}

let served = 0;
let open!: () => void;
/** Calls wait here for the initializer, then for one another. */
let tail: Promise<void> = new Promise((resolve) => (open = resolve));
/** The worker has done its share: what still comes is left to its successor. */
let full = false;

/** A message from the parent: calls run one after the other. */
export function receive(message: ToWorker, port: ParentPort): void {
  if (thread?.record) atomicAdd(thread.record + THREAD_MESSAGES, 0xffffffff);
  if (message.type === 'stop') {
    tail = tail.then(() => stopAsked?.());
    return;
  }
  tail = tail.then(() => (message.type === 'main' ? runMain(message, port) : runCall(message, port)));
}

/** Runs the one function of a Process. */
async function runMain(main: Extract<ToWorker, { type: 'main' }>, port: ParentPort): Promise<void> {
  let exitCode = 0;
  let error: unknown;
  try {
    await (await findTask(main.key))(...(decode(main.args) as unknown[]));
  } catch (thrown) {
    exitCode = 1;
    error = encodeError(thrown);
  }
  port.post({ type: 'ended', exitCode, error });
  if (thread !== undefined && thread.record !== 0) {
    atomicStore(thread.record + THREAD_EXIT, (EXIT_BIT | exitCode) >>> 0);
    ringParent(thread.record);
  }
  stopAsked?.();
}

async function runCall(call: Extract<ToWorker, { type: 'call' }>, port: ParentPort): Promise<void> {
  if (full) return;
  const start = performance.now();
  const reply = {
    type: 'reply' as const,
    id: call.id,
    index: 0,
    ms: 0,
    started: performance.timeOrigin + start,
  };
  let message: FromWorker;
  try {
    if (call.kind === FRAME_PHASE) throw new TypeError('Cannot run a kernel phase without shared memory');
    const began = () => call.limited && port.post({ type: 'began', id: call.id });
    began();
    const found = findTask(call.key);
    const fn = await found;
    const payload = decode(call.payload) as unknown[];
    if (fn !== found) began(); // loading was not its work
    const outcome = await runItems(call.kind, fn, payload);
    const pack = () => encode(outcome.ok ? outcome.value : undefined, 'result').slice();
    message = outcome.ok
      ? { ...reply, ok: true, value: thread?.memory === undefined ? withoutHeap(pack) : pack() }
      : { ...reply, ok: false, value: encode(encodeError(outcome.error)).slice(), index: outcome.index };
  } catch (error) {
    message = { ...reply, ok: false, value: encode(encodeError(error)).slice() };
  }
  settleHolds();
  message.ms = performance.now() - start;
  port.post(message);
  if (thread === undefined || thread.board !== 0 || (++served < thread.maxTasks && !isFull())) return;
  full = true;
  stopAsked?.();
}

/** The thread is about to end, for whatever reason its runtime shows: tells a parent that may be blocked. */
export function announceDeath(exitCode = 0): void {
  if (thread === undefined || thread.record === 0) return;
  const { record } = thread;
  thread = undefined;
  reclaimLinked(record);
  atomicStore(record + THREAD_STATE, deadWith(exitCode));
  ringParent(record);
}

function ringParent(record: number): void {
  const parent = atomicLoad(record + THREAD_PARENT);
  if (parent !== 0 && ringBell(parent)) notifyWord(parent + THREAD_BELL, 0xffffffff);
}
