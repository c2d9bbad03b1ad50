// One direction of communication: a queue on the heap as src/queue's classes use it. What can be done without waiting
// is done here; assembly/queue has the algorithm.

import { atomicLoad, heapBytes, load32 } from '../../assembly/atomics/index';
import {
  endTake,
  freeRemains,
  growRing,
  LONGEST,
  NO_MEMORY,
  sweepRemains,
} from '../../assembly/queue/channel';
import { isHolding } from '../../assembly/queue/messages';
import {
  ANSWER_BITS,
  abandonPut,
  beginGet,
  beginPut,
  beginSweep,
  CLOSED,
  closeQueue,
  finishPut,
  GROW_BIT,
  initQueue,
  initRing,
  QUEUE_BYTES,
  QUEUE_CLOSED,
  QUEUE_DONE,
  QUEUE_FIRST_RING,
  QUEUE_ITEMS,
  QUEUE_SPACE,
  RING_NEXT,
  RING_SHIFT,
  RING_SLOTS,
  ringBytes,
  SHIFT_MAX,
  SHIFT_MIN,
  SWEEP_BIT,
} from '../../assembly/queue/ring';
import { announceSleep, takeSleepers } from '../../assembly/queue/sleep';
import {
  claimant,
  FREE,
  kindOf,
  MOVED,
  READY,
  SEALED,
  SLOT_BYTES,
  SLOT_STATE,
} from '../../assembly/queue/slots';
import { freeSpares } from '../../assembly/queue/spares';
import { noteTake } from '../../assembly/queue/tally';
import { OutOfMemoryError } from '../errors';
import { allocateLinked, allocateObject, releaseFrom, thisOwner, thisThread, tryRelease } from '../heap/heap';
import { beginNoting, endNoting, letGo, letGoOfMessage, letGoOfMessages } from '../heap/holds';
import { wake } from '../sync/_park';
import { enlist } from './_handle';
import { type Message, type Read, readMessage, writeMessage } from './_messages';

/** Outcomes besides those of beginPut and beginGet; all are even, as steps want it. */
export const DONE = 32;

const ALL = 0xffffffff;
/** Slots of the first ring of a queue without bound: 8 KiB. */
const FIRST_SHIFT = 6;
/** Whether an outcome of an attempt means to wait. */
export const isWait = (outcome: number): boolean => outcome < CLOSED;

let me = 0;

/** Gives a queue its first ring. */
function addRing(queue: number, bound: number): void {
  const shift = bound === 0 ? FIRST_SHIFT : Math.max(SHIFT_MIN, 32 - Math.clz32(bound - 1));
  const init = (ring: number) => initRing(ring, shift);
  initQueue(queue, allocateLinked(queue + QUEUE_FIRST_RING, ringBytes(shift), 'queue', init, 64), bound);
}

/**
 * Makes a queue of at most `bound` items, 0 for any number, which this thread holds; returns its address. It holds the
 * queue before that has a ring: whoever lets go of it gives back what is there.
 */
export function createChannel(bound: number, kind: number): number {
  const queue = allocateObject(QUEUE_BYTES, 'queue');
  enlist(queue, kind);
  try {
    addRing(queue, bound);
  } catch (error) {
    letGo(queue);
    throw error;
  }
  return queue;
}

/** Makes a queue without bound that is part of an object, whose word at `place` names it. */
export function createChannelIn(place: number): void {
  const clear = (queue: number) => heapBytes(queue + QUEUE_BYTES).fill(0, queue, queue + QUEUE_BYTES);
  addRing(allocateLinked(place, QUEUE_BYTES, 'queue', clear, 64), 0);
}

/**
 * Frees the queue's block, its rings and the messages that nobody took. Nobody may use it any more; called again
 * after a death it goes on.
 */
export function freeChannel(queue: number): void {
  let ring = atomicLoad(queue + QUEUE_FIRST_RING);
  while (ring !== 0) {
    const shift = load32(ring + RING_SHIFT);
    let isHeld = false;
    for (let i = 0; i < 1 << shift; i++) {
      const slot = ring + RING_SLOTS + i * SLOT_BYTES;
      const kind = kindOf(atomicLoad(slot + SLOT_STATE));
      if (kind === FREE || kind === MOVED || kind === SEALED) continue;
      isHeld ||= kind !== READY || isHolding(slot);
      freeRemains(queue, slot, thisThread()); // of those that are claimed, too: whoever claimed it is dead
    }
    if (isHeld) letGoOfMessages(ring, ring + ringBytes(shift));
    releaseFrom(queue + QUEUE_FIRST_RING, ringBytes(shift), 'queue', atomicLoad(ring + RING_NEXT));
    ring = atomicLoad(queue + QUEUE_FIRST_RING);
  }
  freeSpares(queue, thisThread());
  tryRelease(queue, QUEUE_BYTES, 'queue');
}

/** Wakes those who sleep on one of the queue's eventcounts. */
export function wakeAll(word: number): void {
  if (takeSleepers(word)) wake(word, ALL);
}

/** Puts the message if there is room: DONE, FULL, BUSY or CLOSED. */
export function attemptPut(queue: number, message: Message): number {
  me ||= claimant(thisOwner());
  while (true) {
    const answer = beginPut(queue, me);
    if (answer < DONE) return answer;
    if ((answer & GROW_BIT) !== 0) {
      grow(queue, (answer & ~ANSWER_BITS) >>> 0);
      continue;
    }
    try {
      writeMessage(queue, answer, message);
    } catch (error) {
      abandonPut(answer);
      wakeAll(queue + QUEUE_ITEMS);
      throw error;
    }
    finishPut(answer);
    wakeAll(queue + QUEUE_ITEMS);
    return DONE;
  }
}

function grow(queue: number, slot: number): void {
  const outcome = growRing(queue, slot, thisThread());
  wakeAll(queue + QUEUE_SPACE);
  wakeAll(queue + QUEUE_ITEMS);
  if (outcome === LONGEST) {
    throw new OutOfMemoryError(
      `Cannot put into the queue: it holds ${2 ** SHIFT_MAX - 1} items, which is the most it can`,
    );
  }
  if (outcome === NO_MEMORY) {
    throw new OutOfMemoryError('Cannot put into the queue: the shared heap has no room for more items');
  }
}

let taken: unknown;

/** What the last {@link attemptGet} of this thread that was DONE took; once, so that it is not kept alive here. */
export function takeTaken(): unknown {
  const value = taken;
  taken = undefined;
  return value;
}

/**
 * Takes the next item, for {@link takeTaken}: DONE, EMPTY, BUSY or CLOSED.
 *
 * @param begin in the place of beginGet; what it answers besides is returned
 */
export function attemptGet(queue: number, read: Read = readMessage, begin?: () => number): number {
  me ||= claimant(thisOwner());
  const record = thisThread();
  while (true) {
    const answer = begin === undefined ? beginGet(queue, me) : begin();
    if (answer < DONE) return answer;
    if ((answer & SWEEP_BIT) !== 0) {
      const slot = (answer & ~ANSWER_BITS) >>> 0;
      letGoOfMessages(slot, slot);
      sweepRemains(queue, slot, record);
      tellTaken(queue);
      wakeAll(queue + QUEUE_DONE);
      continue;
    }
    const isHeld = isHolding(answer);
    if (isHeld) beginNoting();
    let names: readonly number[] | undefined;
    try {
      taken = read(answer);
      if (isHeld) names = endNoting();
      noteTake(queue, thisOwner());
    } finally {
      // A message that cannot be read is not offered again: whoever took it gets the error.
      if (isHeld) {
        beginSweep(answer, me);
        if (names !== undefined) letGoOfMessage(names, answer);
        else letGoOfMessages(answer, answer);
      }
      endTake(queue, answer, me, record);
      tellTaken(queue);
    }
    return DONE;
  }
}

function tellTaken(queue: number): void {
  wakeAll(queue + QUEUE_SPACE);
  if (atomicLoad(queue + QUEUE_CLOSED) !== 0) wakeAll(queue + QUEUE_ITEMS); // it may have been the last
}

/** A step towards putting: DONE or CLOSED, or the value of QUEUE_SPACE to sleep on. */
export function putStep(queue: number, message: Message): number {
  let outcome = attemptPut(queue, message);
  if (outcome === DONE || outcome === CLOSED) return outcome;
  const asleep = announceSleep(queue + QUEUE_SPACE);
  outcome = attemptPut(queue, message);
  return outcome === DONE || outcome === CLOSED ? outcome : asleep;
}

/** A step towards getting: DONE or CLOSED, or the value of QUEUE_ITEMS to sleep on. */
export function getStep(queue: number, read: Read = readMessage): number {
  let outcome = attemptGet(queue, read);
  if (outcome === DONE || outcome === CLOSED) return outcome;
  const asleep = announceSleep(queue + QUEUE_ITEMS);
  outcome = attemptGet(queue, read);
  return outcome === DONE || outcome === CLOSED ? outcome : asleep;
}

/** The queue takes no more items; whoever waits for room, or in vain for an item, is told. */
export function endChannel(queue: number): void {
  closeQueue(queue);
  wakeAll(queue + QUEUE_SPACE);
  wakeAll(queue + QUEUE_ITEMS);
}
