// A structure that hangs on one word: whoever changes it makes a new version beside the present one and exchanges the
// word. Versions share the parts that did not change. Portable.
//
// Source: the read-copy-update of one pointer (McKenney and Slingwine, 1998) with compare-and-swap in place of the
// writers' lock. Promise: linearizable, lock-free, a reader has one version as a whole; who dies before the exchange
// has changed nothing. What the old version alone had is retired by the one who exchanged it, and freed by epoch.ts.
// Model test: test/model/models/map.

import { atomicCompareExchange, atomicLoad } from '../atomics/index';
import { retire } from './epoch';

/** The present version's first block; the caller is pinned. */
export function rootOf(root: usize): usize {
  return atomicLoad(root);
}

/** Makes `next` the present version if `seen` still is; the caller is pinned, and retires the other blocks. */
export function exchangeRoot(root: usize, seen: usize, next: usize): boolean {
  if (atomicCompareExchange(root, seen as u32, next as u32) !== seen) return false;
  retire(seen);
  return true;
}
