// Queue as kernels have it: numbers and bytes. queue/ring.ts has the algorithm, src/queue the JavaScript side; a
// JoinableQueue and a SimpleQueue are Queues here too.

import { atomicLoad, atomicStore, copyBytes, load32, memoryPages, store32 } from '../atomics/index';
import { THREAD_OWNER, THREAD_PENDING } from '../heap/threads';
import { endTake, GROWN, growRing, LONGEST, sweepRemains } from '../queue/channel';
import { FORMAT_BYTES, FORMAT_NUMBER, formatOf, isBytes, messageAt, openMessage, setFormat } from '../queue/messages';
import {
  abandonPut,
  ANSWER_BITS,
  beginGet,
  beginPut,
  BUSY,
  CLOSED,
  closeQueue,
  finishPut,
  GROW_BIT,
  KIND_QUEUE,
  KIND_SIMPLE,
  MAGIC,
  QUEUE_CLOSED as CLOSED_WORD,
  QUEUE_DONE,
  QUEUE_ITEMS,
  QUEUE_MAGIC,
  QUEUE_SPACE,
  QUEUE_TALLY,
  queueSize,
  returnItem,
  SWEEP_BIT,
} from '../queue/ring';
import { announceSleep, takeSleepers } from '../queue/sleep';
import { claimant, SLOT_INLINE, SLOT_LENGTH } from '../queue/slots';
import { noteDone, noteTake } from '../queue/tally';
import { thisThread } from '../rt/host';
import { WAKE_ALL } from '../sync/block';
import { ACQUIRED, deadlineOf, pend, sleepOn, TIMED_OUT, wake } from './wait';

/** What putting and getting answer besides ACQUIRED and TIMED_OUT: the queue is closed, and for getting drained too. */
export const QUEUE_CLOSED: i32 = -1;
/** What getBytes answers when the time is over, since 0 is a length. */
export const QUEUE_TIMED_OUT: i32 = -2;

/** Answers of beginGet and beginPut from here up are slots. */
const SLOTS_FROM: u32 = 32;
/** Looks before a wait sleeps: a few microseconds. */
const SPINS: i32 = 64;
/** For how often a put that is under way is looked at before a wait of no time calls the queue empty. */
const BUSY_SPINS: i32 = 20_000;

/** What the last get of this thread took. */
let number: f64 = 0;

/** Lets go of the objects that a dead producer's message in the slot held: what they are only JavaScript knows. */
// @ts-ignore: decorator
@external("env", "letGoOfMessage")
declare function hostLetGo(slot: usize): void;

function wakeAll(word: usize): void {
  if (takeSleepers(word)) wake(word, WAKE_ALL);
}

function tellTaken(q: usize): void {
  wakeAll(q + QUEUE_SPACE);
  if (atomicLoad(q + CLOSED_WORD) != 0) wakeAll(q + QUEUE_ITEMS);
}

function self(): u32 { return claimant(load32(thisThread + THREAD_OWNER)); }

/** A slot to write into, or FULL, BUSY or CLOSED. */
function claimPut(q: usize): u32 {
  while (true) {
    const answer = beginPut(q, self());
    if (answer < SLOTS_FROM || (answer & GROW_BIT) == 0) return answer;
    const outcome = growRing(q, answer & ~ANSWER_BITS, thisThread);
    wakeAll(q + QUEUE_SPACE);
    wakeAll(q + QUEUE_ITEMS);
    if (outcome == GROWN) continue;
    if (outcome == LONGEST) throw new Error("Cannot put into the queue: it holds the most items that it can");
    throw new Error("Cannot put into the queue: the shared heap has no room for more items");
  }
}

/** A slot with an item, taken; or EMPTY, BUSY or CLOSED. */
function claimGet(q: usize): u32 {
  while (true) {
    const answer = beginGet(q, self());
    if (answer < SLOTS_FROM || (answer & SWEEP_BIT) == 0) return answer;
    const slot: usize = answer & ~ANSWER_BITS;
    hostLetGo(slot);
    sweepRemains(q, slot, thisThread);
    tellTaken(q);
    wakeAll(q + QUEUE_DONE);
  }
}

/** Waits until there is a slot: that, CLOSED, or 0 once the time is over. */
function claim(q: usize, puts: bool, timeoutMs: f64): u32 {
  let answer = puts ? claimPut(q) : claimGet(q);
  if (timeoutMs == 0) {
    // A put is BUSY only while another thread makes the queue larger: it is not full, and will soon be done (or dead).
    for (let i = 0; answer == BUSY && (puts || i < BUSY_SPINS); i++) answer = puts ? claimPut(q) : claimGet(q);
    return answer >= CLOSED ? answer : 0;
  }
  for (let i = 0; i < SPINS && answer < CLOSED; i++) answer = puts ? claimPut(q) : claimGet(q);
  if (answer >= CLOSED) return answer;
  const word = q + (puts ? QUEUE_SPACE : QUEUE_ITEMS);
  const deadline = deadlineOf(timeoutMs);
  const outer = pend(word);
  while (true) {
    answer = puts ? claimPut(q) : claimGet(q);
    if (answer >= CLOSED) break;
    const asleep = announceSleep(word);
    answer = puts ? claimPut(q) : claimGet(q);
    if (answer >= CLOSED) break;
    if (!sleepOn(word, asleep, deadline)) {
      answer = 0;
      break;
    }
  }
  atomicStore(thisThread + THREAD_PENDING, <u32>outer);
  return answer;
}

/** The item stays in the queue, for a consumer that can read it. */
function refuse(q: usize, slot: usize): void {
  returnItem(slot);
  wakeAll(q + QUEUE_ITEMS);
}

function taken(q: usize, slot: usize): void {
  noteTake(q, load32(thisThread + THREAD_OWNER));
  endTake(q, slot, self(), thisThread);
  tellTaken(q);
}

/** Traps where bytes are not there: before a slot is claimed, which a trap would leave behind. */
function checkRange(at: usize, length: u32): void {
  if (<u64>at + <u64>length > <u64>memoryPages() << 16) throw new Error("Cannot pass the bytes: they lie beyond the memory");
}

/** Traps unless a queue lies there. */
function check(q: usize): void {
  const kind = q >= 64 && (q & 63) == 0 ? load32(q + QUEUE_MAGIC) - MAGIC : 0;
  if (kind < KIND_QUEUE || kind > KIND_SIMPLE)
    throw new Error("Cannot use the handle: it is no queue, or nobody holds the queue any more");
}

/**
 * Many producers, many consumers, first in, first out. Times are in milliseconds: a negative one is for ever, 0 does not
 * wait.
 *
 *   while (queue.get() == ACQUIRED) total += queue.number;
 */
// @ts-ignore: decorator
@unmanaged
export class Queue {
  /** Puts a number: ACQUIRED, TIMED_OUT (it stays full) or QUEUE_CLOSED. */
  put(value: f64, timeoutMs: f64 = -1): i32 {
    const q = changetype<usize>(this);
    check(q);
    const slot: usize = claim(q, true, timeoutMs);
    if (slot <= CLOSED) return slot == CLOSED ? QUEUE_CLOSED : TIMED_OUT;
    store<f64>(slot + SLOT_INLINE, value);
    this.publish(slot, FORMAT_NUMBER);
    return ACQUIRED;
  }

  /** Puts a copy of `length` bytes at `from`, which JavaScript gets as a Uint8Array; otherwise as `put`. */
  putBytes(from: usize, length: u32, timeoutMs: f64 = -1): i32 {
    const q = changetype<usize>(this);
    check(q);
    checkRange(from, length);
    const slot: usize = claim(q, true, timeoutMs);
    if (slot <= CLOSED) return slot == CLOSED ? QUEUE_CLOSED : TIMED_OUT;
    const at = openMessage(q, slot, length, thisThread);
    if (at == 0) {
      abandonPut(slot);
      wakeAll(q + QUEUE_ITEMS);
      throw new Error("Cannot put into the queue: the shared heap has no room for the message");
    }
    copyBytes(at, from, length);
    this.publish(slot, FORMAT_BYTES);
    return ACQUIRED;
  }

  private publish(slot: usize, format: u32): void {
    setFormat(slot, format);
    finishPut(slot);
    wakeAll(changetype<usize>(this) + QUEUE_ITEMS);
  }

  /**
   * Takes the oldest item, which `number` then gives: ACQUIRED, TIMED_OUT (it stays empty) or QUEUE_CLOSED (and
   * drained). Traps if the item is no number, and leaves it in the queue.
   */
  get(timeoutMs: f64 = -1): i32 {
    const q = changetype<usize>(this);
    check(q);
    const slot: usize = claim(q, false, timeoutMs);
    if (slot <= CLOSED) return slot == CLOSED ? QUEUE_CLOSED : TIMED_OUT;
    if (formatOf(slot) != FORMAT_NUMBER) {
      refuse(q, slot);
      throw new Error("Cannot get from the queue: the next item is no number");
    }
    number = load<f64>(slot + SLOT_INLINE);
    taken(q, slot);
    return ACQUIRED;
  }

  /** What the last `get` of this thread took, from whichever queue. */
  get number(): f64 { return number; }

  /**
   * Takes the oldest item, bytes or the elements of a typed array, into the `capacity` bytes at `into`: their number,
   * or QUEUE_TIMED_OUT or QUEUE_CLOSED, which are negative. Traps if the item is another value, or longer, and leaves
   * it in the queue.
   */
  getBytes(into: usize, capacity: u32, timeoutMs: f64 = -1): i32 {
    const q = changetype<usize>(this);
    check(q);
    checkRange(into, capacity);
    const slot: usize = claim(q, false, timeoutMs);
    if (slot <= CLOSED) return slot == CLOSED ? QUEUE_CLOSED : QUEUE_TIMED_OUT;
    const length = isBytes(slot) ? load32(slot + SLOT_LENGTH) : 0xffffffff;
    if (length > capacity) {
      refuse(q, slot);
      if (length == 0xffffffff) throw new Error("Cannot get bytes from the queue: the next item is another value");
      throw new Error("Cannot get bytes from the queue: the next item is longer than the buffer");
    }
    copyBytes(into, messageAt(slot), length);
    taken(q, slot);
    return <i32>length;
  }

  /** Says that an item that was got from a JoinableQueue is done; traps if it was called more often than that. */
  taskDone(): void {
    const q = changetype<usize>(this);
    check(q);
    const tally: usize = load32(q + QUEUE_TALLY);
    const left = tally == 0 ? -1 : noteDone(tally, load32(thisThread + THREAD_OWNER));
    if (left < 0) throw new Error("Cannot call taskDone: it was called for every item that was got already");
    if (left == 0) wakeAll(q + QUEUE_DONE);
  }

  /** Ends the queue: it takes no more items, what is in it can still be got. */
  close(): void {
    const q = changetype<usize>(this);
    check(q);
    closeQueue(q);
    wakeAll(q + QUEUE_SPACE);
    wakeAll(q + QUEUE_ITEMS);
  }

  get closed(): bool { return atomicLoad(changetype<usize>(this) + CLOSED_WORD) != 0; }
  /** Items in the queue; while others are at work it is out of date at once. */
  get size(): u32 { return queueSize(changetype<usize>(this)); }
}
