// Transposing in square blocks of a cache line's width, so that each line is read and written once while it is
// near. A piece is a row of blocks of the source. Elements of 4 and 8 bytes go through registers.

import { LINE_BYTES } from "./sizes";

// @ts-ignore: decorator
@inline
function square8(from: usize, fromRow: usize, to: usize, toRow: usize): void {
  const a = v128.load(from), b = v128.load(from + fromRow);
  v128.store(to, i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
  v128.store(to + toRow, i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
}

// @ts-ignore: decorator
@inline
function square4(from: usize, fromRow: usize, to: usize, toRow: usize): void {
  const a = v128.load(from), b = v128.load(from + fromRow);
  const c = v128.load(from + 2 * fromRow), d = v128.load(from + 3 * fromRow);
  const e = i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const f = i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  const g = i8x16.shuffle(c, d, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const h = i8x16.shuffle(c, d, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  v128.store(to, i8x16.shuffle(e, g, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
  v128.store(to + toRow, i8x16.shuffle(e, g, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
  v128.store(to + 2 * toRow, i8x16.shuffle(f, h, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
  v128.store(to + 3 * toRow, i8x16.shuffle(f, h, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
}

/** Rows begin … end − 1 of blocks of the rows × cols matrix. */
function turn<T>(begin: i32, end: i32, from: usize, to: usize, rows: i32, cols: i32): void {
  const side: i32 = sizeof<T>() == 1 ? 32 : LINE_BYTES / sizeof<T>();
  const fromRow = <usize>cols * sizeof<T>();
  const toRow = <usize>rows * sizeof<T>();
  const last = min(rows, end * side);
  for (let row = begin * side; row < last; row += side) {
    const height = min(side, rows - row);
    for (let col: i32 = 0; col < cols; col += side) {
      const width = min(side, cols - col);
      const source = from + <usize>row * fromRow + <usize>col * sizeof<T>();
      const target = to + <usize>col * toRow + <usize>row * sizeof<T>();
      if (sizeof<T>() >= 4 && height == side && width == side) {
        const step: usize = 16 / sizeof<T>();
        for (let i: usize = 0; i < <usize>side; i += step) {
          for (let j: usize = 0; j < <usize>side; j += step) {
            const at = source + i * fromRow + j * sizeof<T>();
            const place = target + j * toRow + i * sizeof<T>();
            if (sizeof<T>() == 8) square8(at, fromRow, place, toRow);
            else square4(at, fromRow, place, toRow);
          }
        }
        continue;
      }
      for (let j: usize = 0; j < <usize>width; j++) {
        let at = source + j * sizeof<T>();
        let place = target + j * toRow;
        const stop = place + <usize>height * sizeof<T>();
        for (; place < stop; place += sizeof<T>(), at += fromRow) store<T>(place, load<T>(at));
      }
    }
  }
}

export function transpose_1(begin: i32, end: i32, from: usize, to: usize, rows: i32, cols: i32): void {
  turn<u8>(begin, end, from, to, rows, cols);
}
export function transpose_2(begin: i32, end: i32, from: usize, to: usize, rows: i32, cols: i32): void {
  turn<u16>(begin, end, from, to, rows, cols);
}
export function transpose_4(begin: i32, end: i32, from: usize, to: usize, rows: i32, cols: i32): void {
  turn<u32>(begin, end, from, to, rows, cols);
}
export function transpose_8(begin: i32, end: i32, from: usize, to: usize, rows: i32, cols: i32): void {
  turn<u64>(begin, end, from, to, rows, cols);
}
