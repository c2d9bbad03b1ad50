// A pool's workers: started, watched, replaced, ended. Knows nothing of tasks; the backend is told of every death
// exactly once, after the dead thread's hold on the heap has been taken back.

import {
  atomicAdd,
  atomicCompareExchange,
  atomicLoad,
  atomicStore,
  notifyWord,
} from '../../assembly/atomics/index';
import { NOTE_THREAD, NOTE_WITHIN, threadNote } from '../../assembly/heap/notes';
import {
  CALL_NOTIFY,
  CALL_REFUSED,
  callThread,
  deadWith,
  exitCodeOf,
  isDead,
  REST_SEARCHING,
  rouseThread,
  THREAD_CALLS,
  THREAD_LIVE,
  THREAD_MESSAGES,
  THREAD_OWNER,
  THREAD_PARENT,
  THREAD_REST,
  THREAD_STATE,
  THREAD_STOP,
  takeThread,
} from '../../assembly/heap/threads';
import { wakeSleepers } from '../../assembly/sync/block';
import { traceOf } from '../codec/index';
import { OutOfMemoryError } from '../errors';
import { heapMemory, nextId, thisThread } from '../heap/heap';
import { giveHold } from '../heap/holds';
import { isWithinSection, lookOut, onLookOut } from '../heap/section';
import { currentProcess } from '../process/current';
import { isProgramHeld, keepers } from '../runtime/hold';
import {
  type Backend,
  type Death,
  type FromWorker,
  type ResourceLimits,
  runtime,
  type ToWorker,
  type WorkerBoot,
  type WorkerHandle,
} from '../runtime/runtime';

import {
  childrenOf,
  declareDead,
  givenUpAfter,
  inheritedAfter,
  isBereaved,
  layToRest,
  noteEnds,
  stopNow,
  takeBack,
} from './_burial';
import { registerBoards } from './board';

/** A worker as the pool knows it. */
export interface Member {
  readonly name: string;
  readonly pid: number;
  /** Its thread record; 0 without shared memory. */
  readonly record: number;
  readonly handle: WorkerHandle;
  readonly startedAt: number;
  /** When it said that it is ready; 0 before. */
  readyAt: number;
  alive: boolean;
  /** It was asked to end. */
  leaving: boolean;
  /** The exit code that it is to have, if it was ended on purpose. */
  endedAs: number | undefined;
  /** It has said that it ends in good order: what is on its way to it has not begun. */
  saidBye: boolean;
  /** It is being ended by force. */
  killed: boolean;
  /** It could not be ended and is given up: it may run on. */
  lost: boolean;
  /** Runs out when it has not ended in time. */
  deadline?: ReturnType<typeof setTimeout>;
}

export interface CrewOptions {
  backend: Exclude<Backend, 'inline'>;
  /** What each worker is told, besides its own name and record. */
  boot: Pick<WorkerBoot, 'board' | 'isProcess' | 'initializer' | 'maxTasks' | 'maxMemory'>;
  resourceLimits?: ResourceLimits;
  create?: () => unknown;
  name: string;
  onStart?(member: Member): void;
  onMessage(member: Member, message: FromWorker): void;
  onDeath(member: Member, death: Death): void;
  /** A worker that was given up has ended after all: it touches memory no more. */
  onGone?(member: Member): void;
}

/** How long a worker that was asked to end may take before it is ended. */
const GRACE_MS = 500;
/** How often it is looked at meanwhile: Deno tells nothing of a worker that exits while it is being terminated. */
const LOOK_MS = 100;

/** All workers that this thread has started and that live, and whose they are. */
export const living = new Map<Member, Crew>();

/** Workers that were given up and may still run. */
export const lostWorkers = new Set<Member>();

export class Crew {
  readonly members: Member[] = [];
  #held = false;
  #count = 0;
  constructor(private readonly options: CrewOptions) {
    noteEnds();
    registerBoards();
  }

  /** Starts one more worker; its name is the crew's with a number, unless it is given. */
  start(name = `${this.options.name}-${++this.#count}`): Member {
    const shared = this.options.backend === 'shared';
    const record = shared ? takeThread() : 0;
    if (shared && record === 0) {
      throw new OutOfMemoryError(
        'Cannot start a worker: 1023 threads use the heap already, which is the most it can serve',
      );
    }
    const pid = nextId();
    const owner = shared ? atomicLoad(record + THREAD_OWNER) : 0;
    const { board } = this.options.boot;
    // Announced before it is a child of this thread: if this thread dies from there on, its end will be heard of.
    const lifeForOthers = shared ? runtime().announceChild?.(owner) : undefined;
    if (shared) {
      atomicStore(threadNote(record) + NOTE_WITHIN, 0);
      atomicStore(threadNote(record) + NOTE_THREAD, 0);
      atomicStore(record + THREAD_PARENT, thisThread());
      onLookOut(announceMissing);
    }
    const parent = currentProcess();
    const boot: WorkerBoot = {
      memory: shared ? heapMemory() : undefined,
      record,
      name,
      pid,
      parent: { name: parent.name, pid: parent.pid },
      backend: this.options.backend,
      lifeForOthers,
      ...this.options.boot,
    };
    let handle: WorkerHandle;
    try {
      if (shared && board !== 0) giveHold(board, owner);
      handle = runtime().spawn(boot, {
        resourceLimits: this.options.resourceLimits,
        create: this.options.create,
      });
    } catch (error) {
      if (shared) layToRest({ record }, true);
      throw error;
    }
    const member: Member = {
      name,
      pid,
      record,
      handle,
      startedAt: performance.now(),
      readyAt: 0,
      alive: true,
      leaving: false,
      endedAs: undefined,
      saidBye: false,
      killed: false,
      lost: false,
    };
    this.members.push(member);
    this.options.onStart?.(member);
    living.set(member, this);
    keepers.add(this);
    handle.onMessage((message) => {
      if (message.type === 'ready') member.readyAt = performance.now();
      if (message.type === 'bye') {
        member.saidBye = true;
        this.dismiss(member);
      } else this.options.onMessage(member, message);
    });
    handle.onDeath((death) => this.bury(member, death));
    handle.keepAlive(this.#held || isProgramHeld()); // last: adding a listener changes what Node holds
    return member;
  }

  /** A worker is none of the crew any more; without any the crew holds nothing open. */
  #remove(member: Member): void {
    living.delete(member);
    this.members.splice(this.members.indexOf(member), 1);
    if (this.members.length === 0) keepers.delete(this);
  }

  /** Takes note of a worker's death, once. */
  bury(member: Member, death: Death): void {
    const areOrphansGone = death.areOrphansGone === true;
    if (member.lost) this.#returnLost(member, areOrphansGone);
    else if (isBereaved(member)) layToRest(member, areOrphansGone);
    if (!member.alive) return;
    member.alive = false;
    clearTimeout(member.deadline);
    this.#remove(member);
    if (member.record !== 0) takeBack(member.record);
    try {
      const { endedAs } = member;
      const told = endedAs === undefined ? death : { ...death, exitCode: endedAs };
      this.options.onDeath(member, told);
      if (told.error !== undefined && !told.isTold) reportDeath(member, told);
    } finally {
      // Only now: the backend has read what the thread left, and found what its slot number still named.
      if (member.record !== 0) layToRest(member, areOrphansGone);
    }
  }

  /** A lost worker has ended after all: its hold on the heap is taken back now. */
  #returnLost(member: Member, areOrphansGone: boolean): void {
    if (!lostWorkers.delete(member)) return;
    clearTimeout(member.deadline);
    if (member.record !== 0) takeBack(member.record);
    this.options.onGone?.(member);
    if (member.record !== 0) layToRest(member, areOrphansGone);
  }

  /** Finds deaths that workers announced in shared memory, or could not: for threads that block and get no events. */
  checkDeaths(): void {
    lookOut();
    for (const member of [...this.members]) this.#hasAnnounced(member);
  }

  /** Buries a worker that has announced its end in shared memory. */
  #hasAnnounced(member: Member): boolean {
    if (member.record === 0) return false;
    const state = atomicLoad(member.record + THREAD_STATE);
    if (!isDead(state)) return false;
    member.handle.keepAlive(false); // its exit may never be told
    this.bury(member, { exitCode: exitCodeOf(state) });
    return true;
  }

  /** Whether a worker has entered the heap and lives, as far as shared memory tells. */
  isAnyLive(): boolean {
    return this.members.some(({ record }) => atomicLoad(record + THREAD_STATE) === THREAD_LIVE);
  }

  /** Whether the workers hold the program open. */
  hold(hold: boolean): void {
    if (hold === this.#held) return;
    this.#held = hold;
    this.keepAlive();
  }

  /** Lets the workers hold the program open if the crew, or a wait of this thread, wants it. */
  keepAlive(): void {
    const hold = this.#held || isProgramHeld();
    for (const { handle } of this.members) handle.keepAlive(hold);
  }

  /** Sends a message; a worker that blocks is told to look. */
  post(member: Member, message: ToWorker): void {
    if (member.record !== 0) atomicAdd(member.record + THREAD_MESSAGES, 1);
    member.handle.post(message);
    this.#ring(member);
  }

  /** Calls `count` workers to tasks that stand on the board, `first` (a record) before the others. */
  call(count: number, first: number): void {
    let left = count;
    if (first !== 0 && this.#call(first)) left--;
    for (let i = 0; left > 0 && i < this.members.length; i++) {
      const { record } = this.members[i];
      if (record !== first && this.#call(record)) left--;
    }
  }

  #call(record: number): boolean {
    const answer = callThread(record);
    if (answer === CALL_NOTIFY) notifyWord(record + THREAD_CALLS, 0xffffffff);
    return answer !== CALL_REFUSED;
  }

  /** Whether a worker looks for work. */
  isAnySearching(): boolean {
    return this.members.some(
      ({ record }) => record !== 0 && atomicLoad(record + THREAD_REST) === REST_SEARCHING,
    );
  }

  /** Makes every resting worker look. */
  ringAll(): void {
    for (const member of this.members) this.#ring(member);
  }

  #ring({ record }: Member): void {
    if (record !== 0 && rouseThread(record)) notifyWord(record + THREAD_CALLS, 0xffffffff);
  }

  /** Asks a worker to end after what it is doing; ends it if it does not within the grace. */
  dismiss(member: Member, graceMs = GRACE_MS): void {
    member.leaving = true;
    if (member.record !== 0) atomicStore(member.record + THREAD_STOP, 1);
    else member.handle.post({ type: 'stop' } satisfies ToWorker);
    this.#ring(member);
    clearTimeout(member.deadline);
    member.deadline = setTimeout(() => {
      if (member.alive) this.kill(member);
    }, graceMs);
  }

  /** Ends a worker as forcibly as the runtime can; one that cannot be ended is given up after a while. */
  kill(member: Member, endedAs?: number): void {
    member.leaving = true;
    member.endedAs ??= endedAs;
    if (member.record !== 0) stopNow(member.record);
    terminate(member);
    if (member.killed) return; // asked again: that puts nothing off
    member.killed = true;
    clearTimeout(member.deadline);
    const began = performance.now();
    const limit = givenUpAfter();
    const look = () => {
      if (!member.alive || this.#hasAnnounced(member)) return;
      if (performance.now() - began < limit) {
        member.deadline = setTimeout(look, LOOK_MS);
        return;
      }
      // An endless wasm loop on a runtime that cannot stop one. Its record stays taken, so that nothing it may
      // still write to is given to another thread.
      member.alive = false;
      member.lost = true;
      lostWorkers.add(member);
      this.#remove(member);
      member.handle.keepAlive(false);
      const disown = () => {
        if (member.record === 0 || !lostWorkers.has(member)) return;
        declareDead(member.record);
        wakeSleepers();
      };
      if (inheritedAfter() <= limit) disown();
      else member.deadline = setTimeout(disown, inheritedAfter() - limit);
      this.options.onDeath(member, { exitCode: member.endedAs ?? -9, orderly: member.saidBye });
    };
    member.deadline = setTimeout(look, LOOK_MS);
  }
}

/** How often a worker that is to be ended is looked at while it is in a section, in turns of the event loop. */
const SECTION_LOOKS = 100;

/** Ends a worker that was told so: not within a section, which takes some microseconds. */
function terminate(member: Member, looks = SECTION_LOOKS): void {
  if (looks > 0 && member.record !== 0 && isWithinSection(member.record)) {
    setTimeout(() => {
      if (member.alive) terminate(member, looks - 1);
    }, 0);
  } else member.handle.terminate();
}

/**
 * Finds workers whose thread has ended without a word, while this one cannot hear of it from the runtime: its own, and
 * those that ended together with the worker that had started them.
 */
function announceMissing(): void {
  const threads = runtime().osThreads?.();
  if (threads === undefined) return;
  const announce = (record: number, exitCode: number) => {
    const thread = atomicLoad(threadNote(record) + NOTE_THREAD);
    if (thread !== 0 && !threads.has(thread))
      atomicCompareExchange(record + THREAD_STATE, THREAD_LIVE, deadWith(exitCode));
    if (isDead(atomicLoad(record + THREAD_STATE)))
      for (const orphan of childrenOf(record)) announce(orphan, 1);
  };
  for (const { record, endedAs } of living.keys()) if (record !== 0) announce(record, endedAs ?? 1);
}

/** Says aloud what ended a worker that nobody waited for: nobody else would ever see the error. */
function reportDeath({ name }: Member, { error, exitCode }: Death): void {
  console.error(
    `Worker ${name} exited with code ${exitCode} by an error outside of any task:\n${traceOf(error)}`,
  );
}
