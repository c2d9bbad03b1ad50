// Elements as unsigned keys whose order is the order of sorting: -0 before +0, NaN (whatever its sign) last.
// `flip` is all ones for the reverse order. 64-bit elements have u64 keys, 32-bit elements u32 keys.

/** The key of the element at `at`. */
// @ts-ignore: decorator
@inline
export function keyAt<S, K>(at: usize, flip: K): K {
  if (isFloat<S>()) {
    if (sizeof<S>() == 8) {
      const bits = load<i64>(at);
      const key = <u64>(bits ^ ((bits >> 63) | i64.MIN_VALUE));
      return <K>select<u64>(u64.MAX_VALUE, key, (bits & i64.MAX_VALUE) > 0x7ff0000000000000) ^ flip;
    }
    const bits = load<i32>(at);
    const key = <u32>(bits ^ ((bits >> 31) | i32.MIN_VALUE));
    return <K>select<u32>(u32.MAX_VALUE, key, (bits & i32.MAX_VALUE) > 0x7f800000) ^ flip;
  }
  if (isSigned<S>()) {
    if (sizeof<S>() == 8) return <K>(load<u64>(at) ^ 0x8000000000000000) ^ flip;
    return <K>(load<u32>(at) ^ 0x80000000) ^ flip;
  }
  return load<K>(at) ^ flip;
}

/** Writes the element that has the key. */
// @ts-ignore: decorator
@inline
export function putKey<S, K>(at: usize, flipped: K, flip: K): void {
  const key: K = flipped ^ flip;
  if (isFloat<S>()) {
    if (sizeof<S>() == 8) {
      const bits = <i64>key;
      store<i64>(at, bits ^ ((~bits >> 63) | i64.MIN_VALUE));
    } else {
      const bits = <i32>key;
      store<i32>(at, bits ^ ((~bits >> 31) | i32.MIN_VALUE));
    }
  } else if (isSigned<S>()) {
    if (sizeof<S>() == 8) store<u64>(at, <u64>key ^ 0x8000000000000000);
    else store<u32>(at, <u32>key ^ 0x80000000);
  } else store<K>(at, key);
}

/** Shift that turns an index into an offset of K. */
// @ts-ignore: decorator
@inline
export function shiftOf<K>(): usize { return alignof<K>(); }
