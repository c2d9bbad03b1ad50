// Sorting elements of 8 and 16 bits by counting. A value's rank is its place among all values of its type:
// 0 … 255 or 65535 from the lowest on; `down` reverses ranks.

/** Counts each rank of the pieces of `piece` elements: a row of u32 counters a piece. */
function countRanks<S>(begin: i32, end: i32, from: usize, length: u32, piece: u32, counts: usize): void {
  const VALUES: u32 = 1 << (sizeof<S>() << 3);
  const BIAS: u32 = isSigned<S>() ? VALUES >> 1 : 0;
  for (let block = begin; block < end; block++) {
    const row = counts + ((<usize>block * VALUES) << 2);
    memory.fill(row, 0, VALUES << 2);
    const last = min<u32>((<u32>block + 1) * piece, length);
    for (let i = <u32>block * piece; i < last; i++) {
      const at = row + <usize>(((<u32>load<S>(from + <usize>i * sizeof<S>()) + BIAS) & (VALUES - 1)) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
  }
}

/** Writes the pieces of the sorted array: `starts` tells for each rank, and after the last, where its run begins. */
function writeRuns<S>(begin: i32, end: i32, starts: usize, length: u32, piece: u32, down: i32, to: usize): void {
  const VALUES: u32 = 1 << (sizeof<S>() << 3);
  const BIAS: u32 = isSigned<S>() ? VALUES >> 1 : 0;
  const last = min<u32>(<u32>end * piece, length);
  let i = <u32>begin * piece;
  // The last run that begins at or before i.
  let low: u32 = 0;
  let high = VALUES;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (load<u32>(starts + (<usize>middle << 2)) <= i) low = middle;
    else high = middle;
  }
  for (let rank = low; i < last; rank++) {
    const stop = min<u32>(load<u32>(starts + (<usize>rank << 2), 4), last);
    if (stop <= i) continue;
    const value = (down != 0 ? VALUES - 1 - rank : rank) - BIAS;
    const at = to + <usize>i * sizeof<S>();
    if (sizeof<S>() == 1) memory.fill(at, <u8>value, stop - i);
    else {
      const run = to + <usize>stop * sizeof<S>();
      let place = at;
      const wide = i16x8.splat(<i16>value);
      for (; place + 16 <= run; place += 16) v128.store(place, wide);
      for (; place < run; place += 2) store<u16>(place, <u16>value);
    }
    i = stop;
  }
}

/** The elements as 32-bit integers. */
function widen<S>(begin: i32, end: i32, from: usize, length: u32, piece: u32, to: usize): void {
  const last = min<u32>(<u32>end * piece, length);
  for (let i = <u32>begin * piece; i < last; i++) {
    store<i32>(to + (<usize>i << 2), <i32>load<S>(from + <usize>i * sizeof<S>()));
  }
}

// i8
export function count_i8(begin: i32, end: i32, from: usize, length: u32, piece: u32, counts: usize): void {
  countRanks<i8>(begin, end, from, length, piece, counts);
}
export function runs_i8(begin: i32, end: i32, starts: usize, length: u32, piece: u32, down: i32, to: usize): void {
  writeRuns<i8>(begin, end, starts, length, piece, down, to);
}
export function widen_i8(begin: i32, end: i32, from: usize, length: u32, piece: u32, to: usize): void {
  widen<i8>(begin, end, from, length, piece, to);
}

// u8
export function count_u8(begin: i32, end: i32, from: usize, length: u32, piece: u32, counts: usize): void {
  countRanks<u8>(begin, end, from, length, piece, counts);
}
export function runs_u8(begin: i32, end: i32, starts: usize, length: u32, piece: u32, down: i32, to: usize): void {
  writeRuns<u8>(begin, end, starts, length, piece, down, to);
}
export function widen_u8(begin: i32, end: i32, from: usize, length: u32, piece: u32, to: usize): void {
  widen<u8>(begin, end, from, length, piece, to);
}

// i16
export function count_i16(begin: i32, end: i32, from: usize, length: u32, piece: u32, counts: usize): void {
  countRanks<i16>(begin, end, from, length, piece, counts);
}
export function runs_i16(begin: i32, end: i32, starts: usize, length: u32, piece: u32, down: i32, to: usize): void {
  writeRuns<i16>(begin, end, starts, length, piece, down, to);
}
export function widen_i16(begin: i32, end: i32, from: usize, length: u32, piece: u32, to: usize): void {
  widen<i16>(begin, end, from, length, piece, to);
}

// u16
export function count_u16(begin: i32, end: i32, from: usize, length: u32, piece: u32, counts: usize): void {
  countRanks<u16>(begin, end, from, length, piece, counts);
}
export function runs_u16(begin: i32, end: i32, starts: usize, length: u32, piece: u32, down: i32, to: usize): void {
  writeRuns<u16>(begin, end, starts, length, piece, down, to);
}
export function widen_u16(begin: i32, end: i32, from: usize, length: u32, piece: u32, to: usize): void {
  widen<u16>(begin, end, from, length, piece, to);
}
