// Sorts keys that fit a cache, stably, with or without a payload of u32 indices. Radix sort from the low digit, of
// only so many high bits as tell most keys apart, then one insertion pass that puts right what they left; if that
// takes more than a few moves per key (many keys that differ in low bits alone), radix sort of all bits.
// Source: LSD radix sort (Knuth 5.2.5) with the insertion finish of MSB-first hybrids.

/** Digits are at most so wide: their counters fit the first-level cache beside the data's lines. */
const DIGIT_BITS: u32 = 11;
/** Bytes of the counters that the caller lends. */
export const COUNTERS_BYTES: usize = 4 << DIGIT_BITS;
const INSERTION_MAX: u32 = 24;

/**
 * Sorts `n` keys at `a` into `b`; `a` is lost. With a payload, the indices at `pa` go to `pb` alike. `P` is u32 for
 * keys with a payload, u8 for keys alone.
 */
export function sortLocal<K, P>(a: usize, b: usize, pa: usize, pb: usize, n: u32, counters: usize): void {
  if (n <= INSERTION_MAX) {
    insertFrom<K, P>(a, b, pa, pb, n, u32.MAX_VALUE);
    return;
  }
  const SHIFT = alignof<K>();
  let low: K = load<K>(a);
  let high: K = low;
  for (let i: u32 = 1; i < n; i++) {
    const key = load<K>(a + (<usize>i << SHIFT));
    low = min<K>(low, key);
    high = max<K>(high, key);
  }
  if (low == high) {
    memory.copy(b, a, <usize>n << SHIFT);
    if (sizeof<P>() == 4) memory.copy(pb, pa, <usize>n << 2);
    return;
  }
  const rangeBits = <u32>(sizeof<K>() * 8) - <u32>clz<K>(high - low);
  const sizeBits = 32 - clz<u32>(n);
  const bits = min<u32>(rangeBits, sizeBits + 3);
  const digit = min<u32>(DIGIT_BITS, max<u32>(4, sizeBits - 2));
  let inB = radix<K, P>(a, b, pa, pb, n, low, rangeBits - bits, bits, digit, counters);
  if (bits < rangeBits) {
    const moves = inB ? insertIn<K, P>(b, pb, n, n << 2) : insertFrom<K, P>(a, b, pa, pb, n, n << 2);
    if (moves <= n << 2) return;
    inB = inB
      ? !radix<K, P>(b, a, pb, pa, n, low, 0, rangeBits, digit, counters)
      : radix<K, P>(a, b, pa, pb, n, low, 0, rangeBits, digit, counters);
  }
  if (!inB) {
    memory.copy(b, a, <usize>n << SHIFT);
    if (sizeof<P>() == 4) memory.copy(pb, pa, <usize>n << 2);
  }
}

/** Sorts by `bits` bits from `shift` on of key - low, to and fro between the buffers; whether the end is in `b`. */
function radix<K, P>(
  a: usize, b: usize, pa: usize, pb: usize, n: u32, low: K, shift: u32, bits: u32, digitMax: u32, counters: usize,
): bool {
  const SHIFT = alignof<K>();
  const passes = (bits + digitMax - 1) / digitMax;
  const digit = (bits + passes - 1) / passes;
  const mask: u32 = (1 << digit) - 1;
  const end = <usize>n << SHIFT;
  for (let pass: u32 = 0; pass < passes; pass++) {
    const by: K = <K>(shift + pass * digit);
    memory.fill(counters, 0, <usize>4 << digit);
    for (let i: usize = 0; i < end; i += sizeof<K>()) {
      const at = counters + (<usize>(<u32>((load<K>(a + i) - low) >> by) & mask) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
    // Counts become places.
    let place: u32 = 0;
    for (let at = counters, stop = counters + (<usize>4 << digit); at < stop; at += 4) {
      const count = load<u32>(at);
      store<u32>(at, place);
      place += count;
    }
    for (let i: usize = 0; i < end; i += sizeof<K>()) {
      const key = load<K>(a + i);
      const at = counters + (<usize>(<u32>((key - low) >> by) & mask) << 2);
      const to = load<u32>(at);
      store<u32>(at, to + 1);
      store<K>(b + (<usize>to << SHIFT), key);
      if (sizeof<P>() == 4) store<u32>(pb + (<usize>to << 2), load<u32>(pa + (i >> (SHIFT - 2))));
    }
    const other = a;
    a = b;
    b = other;
    const otherPayload = pa;
    pa = pb;
    pb = otherPayload;
  }
  return (passes & 1) == 1;
}

/** Insertion sort from `a` into `b`; gives up after `most` moves, leaving `a` as it was. Returns the moves. */
function insertFrom<K, P>(a: usize, b: usize, pa: usize, pb: usize, n: u32, most: u32): u32 {
  const SHIFT = alignof<K>();
  let moves: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    moves += insert<K, P>(b, pb, i, load<K>(a + (<usize>i << SHIFT)), sizeof<P>() == 4 ? load<u32>(pa + (<usize>i << 2)) : 0);
    if (moves > most) break;
  }
  return moves;
}

/** Insertion sort in place; gives up after `most` moves, between two keys. */
function insertIn<K, P>(b: usize, pb: usize, n: u32, most: u32): u32 {
  const SHIFT = alignof<K>();
  let moves: u32 = 0;
  let before = load<K>(b);
  for (let i: u32 = 1; i < n; i++) {
    const key = load<K>(b + (<usize>i << SHIFT));
    if (key >= before) {
      before = key;
      continue;
    }
    moves += insert<K, P>(b, pb, i, key, sizeof<P>() == 4 ? load<u32>(pb + (<usize>i << 2)) : 0);
    if (moves > most) break;
  }
  return moves;
}

/** Puts the key where it belongs among the i sorted ones at `b`; returns how many it moved. */
// @ts-ignore: decorator
@inline
function insert<K, P>(b: usize, pb: usize, i: u32, key: K, index: u32): u32 {
  const SHIFT = alignof<K>();
  let j = i;
  while (j > 0) {
    const other = load<K>(b + (<usize>(j - 1) << SHIFT));
    if (other <= key) break;
    store<K>(b + (<usize>j << SHIFT), other);
    if (sizeof<P>() == 4) store<u32>(pb + (<usize>j << 2), load<u32>(pb + (<usize>(j - 1) << 2)));
    j--;
  }
  store<K>(b + (<usize>j << SHIFT), key);
  if (sizeof<P>() == 4) store<u32>(pb + (<usize>j << 2), index);
  return i - j;
}
