// MANYHANDS_DEBUG=1: says after a wait of some seconds who holds what and who waits for whom, and reports a cycle as a
// deadlock. Each thread reports its own waits, for another may be blocked; what it needs to know of the others stands
// in their notes (assembly/heap/notes.ts) and in the words of the primitives: a snapshot of words that change.
// Imports nothing that has a state of its own: the package has it as one file, which brings its own views of the memory.

import {
  atomicCompareExchange,
  atomicLoad,
  atomicStore,
  bindMemory,
  heapBytes,
  isHeapBuffer,
  load32,
} from '../../assembly/atomics/index';
import { THREADS_MAX } from '../../assembly/heap/layout';
import {
  NOTE_AWAITS,
  NOTE_AWAITS_SINCE,
  NOTE_BLOCKED_ON,
  NOTE_BLOCKED_SINCE,
  NOTE_NAME,
  NOTE_NAME_BYTES,
  NOTE_NAME_MAX,
  NOTE_REPORTED,
  threadNote,
} from '../../assembly/heap/notes';
import {
  SLOT_MASK,
  THREAD_LIVE,
  THREAD_PENDING,
  THREAD_STATE,
  threadRecord,
} from '../../assembly/heap/threads';
import { barrierParties, waitingParties } from '../../assembly/sync/barrier';
import {
  KIND_BARRIER,
  KIND_BOUNDED,
  KIND_LOCK,
  KIND_ONCE,
  KIND_RLOCK,
  KIND_RWLOCK,
  KIND_SEMAPHORE,
  SYNC_MAGIC,
  SYNC_SERIAL,
  SYNC_WORDS,
} from '../../assembly/sync/block';
import { isOwnerAlive, OWNER_SHIFT, ownerOf } from '../../assembly/sync/owner';
import { RW_DRAIN, readerWord } from '../../assembly/sync/rwlock';
import { holderWord, TRACKED_MAX } from '../../assembly/sync/semaphore';
import type { Watch, Watched } from './_watch';

const LONG_MS = 3000;
const LOOK_MS = 500;

const NAMES = [
  '',
  'Lock',
  'RLock',
  'RWLock',
  'Semaphore',
  'BoundedSemaphore',
  'Condition',
  'Event',
  'Barrier',
  'Counter',
  'Latch',
  'Once',
];

const clock = () => (performance.timeOrigin + performance.now()) >>> 0;
const seconds = (since: number) => (((clock() - since) >>> 0) / 1000).toFixed(1);

/** What a thread sleeps on. */
interface Target {
  /** As it is called in a report. */
  name: string;
  /** Thread records of those who hold it. */
  owners: number[];
  /** Any of the owners could end the wait. */
  any: boolean;
}

const recordOf = (owner: number) => threadRecord((owner >>> OWNER_SHIFT) & SLOT_MASK);

function kindAt(word: number): number {
  if (word < SYNC_WORDS || word % 4 !== 0) return 0;
  const kind = load32(word - SYNC_WORDS) - SYNC_MAGIC;
  return kind > 0 && kind < NAMES.length ? kind : 0;
}

function targetOf(word: number): Target {
  const drained = kindAt(word) === 0 && kindAt(word - RW_DRAIN) === KIND_RWLOCK;
  const at = drained ? word - RW_DRAIN : word;
  const kind = kindAt(at);
  const named = `${NAMES[kind]} ${kind === 0 ? 0 : load32(at - SYNC_WORDS + SYNC_SERIAL)}`;
  let owners: number[] = [];
  let name = named;
  if (kind === 0) name = 'a notification of a Condition, an item, or room';
  else if (kind === KIND_BARRIER) name += ` (${waitingParties(at)} of ${barrierParties(at)} have come)`;
  else if (drained) owners = Array.from({ length: THREADS_MAX }, (_, slot) => readerWord(at, slot));
  else if (kind === KIND_SEMAPHORE || kind === KIND_BOUNDED)
    owners = Array.from({ length: TRACKED_MAX }, (_, index) => holderWord(at, index));
  else if (kind === KIND_LOCK || kind === KIND_RLOCK || kind === KIND_RWLOCK || kind === KIND_ONCE)
    owners = [ownerOf(atomicLoad(at))];
  const records = new Set(owners.filter((owner) => owner !== 0 && isOwnerAlive(owner)).map(recordOf));
  return {
    name,
    owners: [...records],
    any: kind === KIND_SEMAPHORE || kind === KIND_BOUNDED,
  };
}

function nameOf(record: number): string {
  const note = threadNote(record);
  const length = Math.min(load32(note + NOTE_NAME_BYTES), NOTE_NAME_MAX);
  if (length === 0) return `the thread ${record}`;
  return new TextDecoder().decode(
    heapBytes(note + NOTE_NAME + length).slice(note + NOTE_NAME, note + NOTE_NAME + length),
  );
}

/** The words that the thread waits for. */
function waitsOf(record: number): { word: number; since: number; blocks: boolean }[] {
  if (atomicLoad(record + THREAD_STATE) !== THREAD_LIVE) return [];
  const note = threadNote(record);
  const blocked = atomicLoad(record + THREAD_PENDING);
  const awaits = atomicLoad(note + NOTE_AWAITS);
  const waits = [];
  if (blocked !== 0) {
    const known = atomicLoad(note + NOTE_BLOCKED_ON) === blocked;
    waits.push({ word: blocked, since: known ? atomicLoad(note + NOTE_BLOCKED_SINCE) : 0, blocks: true });
  }
  if (awaits !== 0) waits.push({ word: awaits, since: atomicLoad(note + NOTE_AWAITS_SINCE), blocks: false });
  return waits;
}

interface Edge {
  from: number;
  word: number;
  name: string;
  blocks: boolean;
}

/** The way from the thread back to itself, along those that hold what it waits for; empty if there is none. */
function cycleFrom(start: number): Edge[] {
  const seen = new Set<number>();
  const walk = (record: number): Edge[] | undefined => {
    for (const { word, blocks } of waitsOf(record)) {
      const { owners, name, any } = targetOf(word);
      if (any && owners.length > 1) continue;
      for (const owner of owners) {
        const edge = { from: record, word, name, blocks };
        if (owner === start) return [edge];
        if (seen.has(owner)) continue;
        seen.add(owner);
        const rest = walk(owner);
        if (rest !== undefined) return [edge, ...rest];
      }
    }
    return undefined;
  };
  return walk(start) ?? [];
}

function describe(record: number, word: number, since: number): string {
  const { name, owners } = targetOf(word);
  const held =
    owners.length === 0
      ? ''
      : `, which ${owners.map(nameOf).join(' and ')} ${owners.length > 1 ? 'hold' : 'holds'}`;
  const time = since === 0 ? 'waits' : `has waited ${seconds(since)} s`;
  return `manyhands: ${nameOf(record)} ${time} for ${name}${held}`;
}

/** A report on a wait of the thread `me`, those of the threads that it waits for, and a cycle among them. */
function report(me: number, word: number, since: number, what: string): string {
  const lines = [`${describe(me, word, since)} (to ${what})`];
  const told = new Set([me]);
  const follow = (record: number): void => {
    if (told.has(record)) return;
    told.add(record);
    for (const wait of waitsOf(record)) {
      lines.push(describe(record, wait.word, wait.since));
      targetOf(wait.word).owners.forEach(follow);
    }
  };
  targetOf(word).owners.forEach(follow);
  const cycle = cycleFrom(me);
  if (cycle.length > 0) {
    const first = Math.min(...cycle.map(({ from }) => from));
    // One of its threads reports it.
    if (atomicCompareExchange(threadNote(first) + NOTE_REPORTED, 0, 1) === 0) {
      const way = cycle.map(({ from, name }) => `${nameOf(from)} → ${name}`).join(' → ');
      const hope = cycle.every(({ blocks }) => blocks)
        ? 'none of them can go on: take the locks in the same order everywhere'
        : 'none of them can go on, unless another asynchronous flow of a thread lets go';
      lines.push(`manyhands: deadlock: ${way} → ${nameOf(me)}; ${hope}`);
    }
  }
  return lines.join('\n');
}

/** Begins to watch this thread's waits. */
export function createWatch({ memory, thread, process: { name, pid }, print, awaited }: Watched): Watch {
  if (!isHeapBuffer(memory.buffer)) bindMemory(memory);
  const note = threadNote(thread);
  const bytes = new TextEncoder().encode(`${name} (pid ${pid})`).subarray(0, NOTE_NAME_MAX);
  heapBytes(note + NOTE_NAME + bytes.length).set(bytes, note + NOTE_NAME);
  atomicStore(note + NOTE_NAME_BYTES, bytes.length);

  let reported = false;
  let timer: ReturnType<typeof setInterval> | undefined;
  /** Waits of flows: since when they have been seen, and whether they were reported. */
  let seen = new Map<object, { since: number; told: boolean }>();

  const look = (): void => {
    const now: typeof seen = new Map();
    for (const { waiter, word, what } of awaited()) {
      const wait = seen.get(waiter) ?? { since: clock(), told: false };
      if (now.size === 0) publish(note, word, wait.since);
      now.set(waiter, wait);
      if (wait.told || (clock() - wait.since) >>> 0 < LONG_MS) continue;
      wait.told = true;
      publish(note, word, wait.since);
      print(report(thread, word, wait.since, what));
    }
    seen = now;
  };

  const watch: Watch = {
    blocked(word, { what }) {
      if (atomicLoad(note + NOTE_BLOCKED_ON) !== word) {
        atomicStore(note + NOTE_BLOCKED_SINCE, clock());
        atomicStore(note + NOTE_BLOCKED_ON, word);
        reported = false;
      } else if (!reported) {
        const since = atomicLoad(note + NOTE_BLOCKED_SINCE);
        if ((clock() - since) >>> 0 < LONG_MS) return;
        reported = true;
        print(report(thread, word, since, what));
      }
    },
    unblocked() {
      atomicStore(note + NOTE_BLOCKED_ON, 0);
      atomicStore(note + NOTE_REPORTED, 0);
    },
    awaiting() {
      timer ??= setInterval(look, LOOK_MS);
    },
    idle() {
      clearInterval(timer);
      timer = undefined;
      seen.clear();
      atomicStore(note + NOTE_AWAITS, 0);
      atomicStore(note + NOTE_REPORTED, 0);
    },
  };
  for (const _ of awaited()) watch.awaiting();
  return watch;
}

function publish(note: number, word: number, since: number): void {
  atomicStore(note + NOTE_AWAITS_SINCE, since);
  atomicStore(note + NOTE_AWAITS, word);
}
