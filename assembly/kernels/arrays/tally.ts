// histogram and bincount. Each piece of `piece` elements has a table of its own; the plan adds the tables up.

/** Counts into the bins between `edges` (f64, one more than bins; the last bin closed). */
function tally<T>(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, edges: usize, bins: u32, tables: usize,
): void {
  const low = load<f64>(edges);
  const high = load<f64>(edges + (<usize>bins << 3));
  const perUnit = <f64>bins / (high - low);
  for (let block = begin; block < end; block++) {
    const table = tables + <usize>block * bins * 4;
    memory.fill(table, 0, <usize>bins << 2);
    const last = min<u32>((<u32>block + 1) * piece, length);
    for (let i = <u32>block * piece; i < last; i++) {
      const x = <f64>load<T>(from + <usize>i * sizeof<T>());
      if (!(x >= low && x <= high)) continue;
      let bin = min<u32>(<u32>((x - low) * perUnit), bins - 1);
      // Rounding may put the guess beside its bin; where bins are too narrow for that, they are searched.
      if (x < load<f64>(edges + (<usize>bin << 3))) {
        bin--;
        if (x < load<f64>(edges + (<usize>bin << 3))) bin = find(x, edges, bins);
      } else if (bin + 1 < bins && x >= load<f64>(edges + (<usize>bin << 3), 8)) {
        bin++;
        if (bin + 1 < bins && x >= load<f64>(edges + (<usize>bin << 3), 8)) bin = find(x, edges, bins);
      }
      const at = table + (<usize>bin << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
  }
}

/** The last bin that begins at or before x. */
function find(x: f64, edges: usize, bins: u32): u32 {
  let low: u32 = 0;
  let high = bins;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (load<f64>(edges + (<usize>middle << 3)) <= x) low = middle;
    else high = middle;
  }
  return low;
}

/** Counts how often each number comes; all are below `bins`. */
function countNumbers<T>(begin: i32, end: i32, from: usize, length: u32, piece: u32, bins: u32, tables: usize): void {
  for (let block = begin; block < end; block++) {
    const table = tables + <usize>block * bins * 4;
    memory.fill(table, 0, <usize>bins << 2);
    const last = min<u32>((<u32>block + 1) * piece, length);
    for (let i = <u32>block * piece; i < last; i++) {
      const at = table + (<usize>load<T>(from + <usize>i * sizeof<T>()) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
  }
}

/**
 * Adds up the weights of each number: two f64 a bin, the sum and what its roundings lost (Neumaier 1974), so that the
 * error does not grow with the number of weights.
 */
function weighNumbers<T>(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, weights: usize, bins: u32, tables: usize,
): void {
  for (let block = begin; block < end; block++) {
    const table = tables + <usize>block * bins * 16;
    memory.fill(table, 0, <usize>bins << 4);
    const last = min<u32>((<u32>block + 1) * piece, length);
    for (let i = <u32>block * piece; i < last; i++) {
      const at = table + (<usize>load<T>(from + <usize>i * sizeof<T>()) << 4);
      const w = load<f64>(weights + (<usize>i << 3));
      const sum = load<f64>(at);
      const next = sum + w;
      const lost = abs(sum) >= abs(w) ? sum - next + w : w - next + sum;
      store<f64>(at, next);
      store<f64>(at, load<f64>(at, 8) + lost, 8);
    }
  }
}

export function tally_i8(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, edges: usize, bins: u32, tables: usize,
): void {
  tally<i8>(begin, end, from, length, piece, edges, bins, tables);
}
export function tally_u8(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, edges: usize, bins: u32, tables: usize,
): void {
  tally<u8>(begin, end, from, length, piece, edges, bins, tables);
}
export function tally_i16(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, edges: usize, bins: u32, tables: usize,
): void {
  tally<i16>(begin, end, from, length, piece, edges, bins, tables);
}
export function tally_u16(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, edges: usize, bins: u32, tables: usize,
): void {
  tally<u16>(begin, end, from, length, piece, edges, bins, tables);
}
export function tally_i32(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, edges: usize, bins: u32, tables: usize,
): void {
  tally<i32>(begin, end, from, length, piece, edges, bins, tables);
}
export function tally_u32(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, edges: usize, bins: u32, tables: usize,
): void {
  tally<u32>(begin, end, from, length, piece, edges, bins, tables);
}
export function tally_f32(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, edges: usize, bins: u32, tables: usize,
): void {
  tally<f32>(begin, end, from, length, piece, edges, bins, tables);
}
export function tally_f64(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, edges: usize, bins: u32, tables: usize,
): void {
  tally<f64>(begin, end, from, length, piece, edges, bins, tables);
}
export function numbers_u8(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, bins: u32, tables: usize,
): void {
  countNumbers<u8>(begin, end, from, length, piece, bins, tables);
}
export function weights_u8(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, weights: usize, bins: u32, tables: usize,
): void {
  weighNumbers<u8>(begin, end, from, length, piece, weights, bins, tables);
}
export function numbers_u16(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, bins: u32, tables: usize,
): void {
  countNumbers<u16>(begin, end, from, length, piece, bins, tables);
}
export function weights_u16(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, weights: usize, bins: u32, tables: usize,
): void {
  weighNumbers<u16>(begin, end, from, length, piece, weights, bins, tables);
}
export function numbers_u32(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, bins: u32, tables: usize,
): void {
  countNumbers<u32>(begin, end, from, length, piece, bins, tables);
}
export function weights_u32(
  begin: i32, end: i32, from: usize, length: u32, piece: u32, weights: usize, bins: u32, tables: usize,
): void {
  weighNumbers<u32>(begin, end, from, length, piece, weights, bins, tables);
}
