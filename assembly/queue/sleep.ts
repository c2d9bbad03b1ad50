// Eventcounts: words on which threads sleep until something that they looked for in vain may have come. Portable.
//
//   bit 0      somebody sleeps, or is about to: who changes what they wait for wakes all
//   bits 1–31  count the wake-ups
//
// A sleeper looks, sets the bit, looks again, and sleeps on the odd value. Who has something for it makes it visible,
// then looks at the bit, and wakes. All operations are sequentially consistent, so one of the two sees the other.
// A waker that dies between the two is made good by the death itself, which wakes everybody (assembly/sync/block.ts).

import { atomicCompareExchange, atomicLoad } from '../atomics/index';

/** Announces a sleeper: the value to sleep on, after having looked once more. */
export function announceSleep(word: usize): u32 {
  while (true) {
    const seen = atomicLoad(word);
    if ((seen & 1) !== 0) return seen;
    if (atomicCompareExchange(word, seen, seen | 1) === seen) return (seen | 1) >>> 0;
  }
}

/** Whether the caller has to notify all who sleep on the word. */
export function takeSleepers(word: usize): boolean {
  const seen = atomicLoad(word);
  return (seen & 1) !== 0 && atomicCompareExchange(word, seen, (seen + 1) >>> 0) === seen;
}
