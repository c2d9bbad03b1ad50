// Counter as kernels have it: src/sync/counter.ts is the JavaScript side.

import { KIND_COUNTER } from '../sync/block';
import { check } from './wait';

/** An atomic 64-bit counter. */
// @ts-ignore: decorator
@unmanaged
export class Counter {
  /** Adds in one step, modulo 2⁶⁴; returns the new value. */
  add(n: i64 = 1): i64 {
    const p = changetype<usize>(this);
    check(p, KIND_COUNTER);
    if (ASC_FEATURE_THREADS) return atomic.add<i64>(p, n) + n;
    store<i64>(p, load<i64>(p) + n);
    return load<i64>(p);
  }

  get value(): i64 {
    const p = changetype<usize>(this);
    check(p, KIND_COUNTER);
    return ASC_FEATURE_THREADS ? atomic.load<i64>(p) : load<i64>(p);
  }

  set value(value: i64) {
    const p = changetype<usize>(this);
    check(p, KIND_COUNTER);
    if (ASC_FEATURE_THREADS) atomic.store<i64>(p, value);
    else store<i64>(p, value);
  }
}
