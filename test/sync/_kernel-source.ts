// The AssemblyScript of kernels.test.ts: each function is a range function over `begin … end - 1`.

export const SOURCE = `
import {
  ACQUIRED, alloc, Barrier, Counter, Event, free, Latch, Lock, OWNER_DIED, RLock, Semaphore, TIMED_OUT,
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

/** cells: one answer for each time */
export function runOut(begin: i32, end: i32, lock: Lock, semaphore: Semaphore, event: Event, barrier: Barrier, cells: usize): void {
  store<i32>(cells, lock.acquire(5) == TIMED_OUT ? 1 : 0);
  store<i32>(cells + 4, semaphore.acquire(5) == TIMED_OUT ? 1 : 0);
  store<i32>(cells + 8, event.wait(5) ? 0 : 1);
  store<i32>(cells + 12, barrier.wait(5));
  store<i32>(cells + 16, barrier.broken ? 1 : 0);
}

export function keep(begin: i32, end: i32, lock: Lock, other: RLock): void {
  lock.acquire();
  other.acquire();
  other.acquire();
}

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
