// Once: something that is done by one thread, while the others wait for the outcome. Portable.
//
// The word is a Lock's (lock.ts) that ends in RETURNED or THREW. Who runs it holds it; if the runner dies the next
// in line runs it anew, for nobody has seen an outcome yet. Model test: test/model/models/once.
//
//   word · address of the encoded outcome, 0 if a kernel ran it · its length, both written before the word ends, read after

import { atomicCompareExchange, atomicExchange, atomicLoad, store32 } from '../atomics/index';
import { DONE, REFUSED, WAKE_ALL, WAKE_NONE } from './block';
import { isOwnerAlive, ownerOf, RETURNED, SLEEPERS_MASK, THREW } from './owner';

export const ONCE_OUTCOME: usize = 4;
export const ONCE_BYTES: usize = 8;

/** One step: DONE (the caller runs it), REFUSED (it has been run: read the outcome), or the value to sleep on. */
export function onceStep(p: usize, me: u32, bits: u32): u32 {
  while (true) {
    const word = atomicLoad(p);
    const owner = ownerOf(word);
    if (owner === RETURNED || owner === THREW) return REFUSED;
    if (owner === 0 || !isOwnerAlive(owner)) {
      const mine: u32 = (me | (word & SLEEPERS_MASK)) >>> 0;
      if (atomicCompareExchange(p, word, mine) === word) return DONE;
      continue;
    }
    const parked: u32 = (word | bits) >>> 0;
    if (parked === word || atomicCompareExchange(p, word, parked) === word) return parked;
  }
}

/** The runner: publishes the outcome; a wake order. @param end RETURNED or THREW */
export function finishOnce(p: usize, end: u32, outcome: usize, bytes: u32): u32 {
  store32(p + ONCE_OUTCOME, outcome as u32);
  store32(p + ONCE_BYTES, bytes);
  return (atomicExchange(p, end) & SLEEPERS_MASK) !== 0 ? WAKE_ALL : WAKE_NONE;
}
