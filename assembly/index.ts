// What kernels import from `manyhands/assembly`: the handles, on the same words as their JavaScript namesakes. A handle
// arrives as the address of its words, so it is a parameter of its class:
//
//   import { Lock } from 'manyhands/assembly';
//   export function tally(begin: i32, end: i32, lock: Lock, cell: usize): void {
//     lock.acquire();
//     store<i32>(cell, load<i32>(cell) + end - begin);
//     lock.release();
//   }

export { Barrier, BARRIER_BROKEN, BARRIER_TIMED_OUT } from './handles/barrier';
export { Condition } from './handles/condition';
export { Counter } from './handles/counter';
export { Event, Latch } from './handles/event';
export { Lock, RLock } from './handles/lock';
export { alloc, free } from './handles/memory';
export { HAS_RUN, Once, RUN_IT } from './handles/once';
export { RWLock } from './handles/rwlock';
export { Queue, QUEUE_CLOSED, QUEUE_TIMED_OUT } from './handles/queue';
export { Semaphore } from './handles/semaphore';
export { ACQUIRED, OWNER_DIED, TIMED_OUT } from './handles/wait';
