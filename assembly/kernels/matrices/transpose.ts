// Transposing in square blocks of a cache line's width, so that each line is read and written once while it is
// near. A piece is BLOCKS_HIGH rows of blocks of the source, done column after column: what it writes of a row of the
// result is that many lines long. Elements of 4 and 8 bytes go through registers.

import { BLOCKS_HIGH, LINE_BYTES } from "./sizes";

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

/** One block: height × width of the source, `side` both unless it is at an edge. */
// @ts-ignore: decorator
@inline
function turnBlock<T>(
  source: usize, fromRow: usize, target: usize, toRow: usize, side: i32, height: i32, width: i32,
): void {
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
    return;
  }
  for (let j: usize = 0; j < <usize>width; j++) {
    let at = source + j * sizeof<T>();
    let place = target + j * toRow;
    const stop = place + <usize>height * sizeof<T>();
    for (; place < stop; place += sizeof<T>(), at += fromRow) store<T>(place, load<T>(at));
  }
}

/** The pieces begin … end − 1 of the rows × cols matrix. */
function turn<T>(begin: i32, end: i32, from: usize, to: usize, rows: i32, cols: i32): void {
  const side: i32 = sizeof<T>() == 1 ? 32 : LINE_BYTES / sizeof<T>();
  const fromRow = <usize>cols * sizeof<T>();
  const toRow = <usize>rows * sizeof<T>();
  for (let piece = begin; piece < end; piece++) {
    const top = piece * (BLOCKS_HIGH * side);
    const last = min(rows, top + BLOCKS_HIGH * side);
    for (let col: i32 = 0; col < cols; col += side) {
      for (let row = top; row < last; row += side) {
        turnBlock<T>(
          from + <usize>row * fromRow + <usize>col * sizeof<T>(), fromRow,
          to + <usize>col * toRow + <usize>row * sizeof<T>(), toRow, side, min(side, rows - row), min(side, cols - col),
        );
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
