// The AssemblyScript of kernels.test.ts: each function is a range function over `begin … end - 1`.

export const SOURCE = `
import {
  ACQUIRED, alloc, Barrier, Condition, Counter, Event, free, HAS_RUN, Latch, Lock, Once, OWNER_DIED, RLock, RUN_IT,
  RWLock, Semaphore, TIMED_OUT,
} from "manyhands/assembly";
import { atomicAdd, atomicLoad, atomicStore } from "manyhands/assembly/atomics/index";

/** cells: counted, inherited */
export function count(begin: i32, end: i32, lock: Lock, cells: usize): void {
  for (let i = begin; i < end; i++) {
    if (lock.acquire() == OWNER_DIED) store<i32>(cells + 4, load<i32>(cells + 4) + 1);
    store<i32>(cells, load<i32>(cells) + 1);
    lock.release();
  }
}

export function countAgain(begin: i32, end: i32, lock: RLock, cells: usize): void {
  for (let i = begin; i < end; i++) {
    lock.acquire();
    if (lock.tryAcquire() != ACQUIRED) unreachable();
    store<i32>(cells, load<i32>(cells) + 1);
    lock.release();
    lock.release();
  }
}

/** cells: inside now, most inside, taken */
export function enter(begin: i32, end: i32, semaphore: Semaphore, cells: usize): void {
  for (let i = begin; i < end; i++) {
    semaphore.acquire();
    const inside = atomicAdd(cells, 1) + 1;
    if (inside > atomicLoad(cells + 4)) atomicStore(cells + 4, inside);
    atomicAdd(cells, 0xffffffff);
    semaphore.release();
    atomicAdd(cells + 8, 1);
  }
}

export function pong(begin: i32, end: i32, there: Event, back: Event): void {
  for (let i = begin; i < end; i++) {
    there.wait();
    there.clear();
    back.set();
  }
}

/** cells: the sum of the places */
export function meet(begin: i32, end: i32, barrier: Barrier, cells: usize): void {
  for (let i = begin; i < end; i++) atomicAdd(cells, barrier.wait());
}

export function tally(begin: i32, end: i32, counter: Counter, latch: Latch): void {
  for (let i = begin; i < end; i++) counter.add(3);
  counter.value = counter.value + 1;
  latch.countDown();
}

/** cells: two that are equal whenever nobody writes, inherited */
export function write(begin: i32, end: i32, lock: RWLock, cells: usize): void {
  for (let i = begin; i < end; i++) {
    if (lock.acquireWrite() == OWNER_DIED) store<i32>(cells + 8, load<i32>(cells + 8) + 1);
    if (lock.tryAcquireRead() != TIMED_OUT) unreachable();
    store<i32>(cells, load<i32>(cells) + 1);
    store<i32>(cells + 4, load<i32>(cells + 4) + 1);
    lock.release();
  }
}

/** out: how often the cells differed, how often it read, how often it became the writer of one who died */
export function read(begin: i32, end: i32, lock: RWLock, cells: usize, out: usize): void {
  for (let i = begin; i < end; i++) {
    if (lock.acquireRead() == OWNER_DIED) {
      store<i32>(out + 8, load<i32>(out + 8) + 1);
      if (lock.tryAcquireWrite() != TIMED_OUT) unreachable();
      lock.release();
      continue;
    }
    if (lock.acquireRead() != ACQUIRED || lock.tryAcquireRead() != ACQUIRED) unreachable();
    if (lock.tryAcquireWrite() != TIMED_OUT) unreachable();
    if (load<i32>(cells) != load<i32>(cells + 4)) store<i32>(out, load<i32>(out) + 1);
    lock.release();
    lock.release();
    lock.release();
    store<i32>(out + 4, load<i32>(out + 4) + 1);
  }
}

/** cells: 0, or a thing to take */
export function produce(begin: i32, end: i32, condition: Condition, cells: usize): void {
  for (let i = begin; i < end; i++) {
    condition.acquire();
    while (load<i32>(cells) != 0) condition.wait();
    store<i32>(cells, i + 1);
    condition.notifyAll();
    condition.release();
  }
}

/** cells: 0, or a thing to take; the sum of the taken; 1 once it waits; the answers of the last wait and acquire */
export function consume(begin: i32, end: i32, condition: Condition, cells: usize): void {
  for (let i = begin; i < end; i++) {
    store<i32>(cells + 16, condition.acquire());
    while (load<i32>(cells) == 0) {
      atomicStore(cells + 8, 1);
      store<i32>(cells + 12, condition.wait());
    }
    store<i32>(cells + 4, load<i32>(cells + 4) + load<i32>(cells));
    store<i32>(cells, 0);
    condition.notifyAll();
    condition.release();
  }
}

/** cells: -1 once it holds the lock, then the answer */
export function waitFor(begin: i32, end: i32, condition: Condition, ms: f64, cells: usize): void {
  condition.acquire();
  atomicStore(cells, 0xffffffff);
  store<i32>(cells, condition.wait(ms));
  condition.release();
}

/** cells: how often it was run, how often it was over */
export function once(begin: i32, end: i32, once: Once, cells: usize): void {
  const answer = once.begin();
  if (answer == RUN_IT) {
    atomicAdd(cells, 1);
    once.finish();
  }
  if (!once.done || once.begin(0) != HAS_RUN) unreachable();
  atomicAdd(cells + 4, once.threw ? 0 : 1);
}

/** Takes everything, and lets go of it once it may. */
export function holdAll(
  begin: i32, end: i32, lock: Lock, again: RLock, shared: RWLock, semaphore: Semaphore, once: Once, condition: Condition,
  barrier: Barrier, latch: Latch, held: Event, go: Event,
): void {
  lock.acquire();
  again.acquire();
  shared.acquireWrite();
  semaphore.acquire();
  if (once.begin() != RUN_IT) unreachable();
  condition.acquire();
  held.set();
  go.wait();
  condition.notifyAll();
  condition.release();
  once.finish();
  semaphore.release();
  shared.release();
  again.release();
  lock.release();
  latch.countDown();
  barrier.wait();
}

/** cells: one answer for each time */
export function runOut(
  begin: i32, end: i32, lock: Lock, semaphore: Semaphore, event: Event, barrier: Barrier, shared: RWLock, once: Once, cells: usize,
): void {
  store<i32>(cells, lock.acquire(5) == TIMED_OUT ? 1 : 0);
  store<i32>(cells + 4, semaphore.acquire(5) == TIMED_OUT ? 1 : 0);
  store<i32>(cells + 8, event.wait(5) ? 0 : 1);
  store<i32>(cells + 12, barrier.wait(5));
  store<i32>(cells + 16, barrier.broken ? 1 : 0);
  store<i32>(cells + 20, shared.acquireWrite(5));
  store<i32>(cells + 24, shared.acquireRead(5) == ACQUIRED ? 1 : 0);
  shared.release();
  store<i32>(cells + 28, once.begin(5));
}

export function keep(begin: i32, end: i32, lock: Lock, other: RLock): void {
  lock.acquire();
  other.acquire();
  other.acquire();
}

export function keepShared(begin: i32, end: i32, written: RWLock, read: RWLock, once: Once): void {
  written.acquireWrite();
  read.acquireRead();
  read.acquireRead();
  if (once.begin() != RUN_IT) unreachable();
}

export function readThenWrite(begin: i32, end: i32, lock: RWLock): void {
  lock.acquireRead();
  lock.acquireWrite();
}

export function releaseShared(begin: i32, end: i32, lock: RWLock): void { lock.release(); }

export function finishOnly(begin: i32, end: i32, once: Once): void { once.finish(); }

export function waitOnly(begin: i32, end: i32, condition: Condition): void { condition.wait(); }

export function notifyOnly(begin: i32, end: i32, condition: Condition): void { condition.notify(); }

export function trap(begin: i32, end: i32, lock: Lock): void {
  lock.acquire();
  unreachable();
}

export function twice(begin: i32, end: i32, lock: Lock): void {
  lock.acquire();
  lock.acquire();
}

export function releaseOnly(begin: i32, end: i32, lock: Lock): void { lock.release(); }

export function releaseAgain(begin: i32, end: i32, lock: RLock): void { lock.release(); }

export function wait(begin: i32, end: i32, event: Event): void { event.wait(); }

export function meetOnce(begin: i32, end: i32, barrier: Barrier): void { barrier.wait(); }

export function blocks(begin: i32, end: i32): void {
  const block = alloc(100);
  store<i32>(block, 7);
  free(block);
  free(block);
}
`;
