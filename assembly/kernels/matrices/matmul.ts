// The product of two matrices after Goto and van de Geijn ("Anatomy of High-Performance Matrix Multiplication",
// 2008) and BLIS: both factors are packed into panels that the inner loop reads in order, a tile of the product
// stays in registers, and DEPTH terms at a time keep a panel of b in the first-level cache, rows of a in the second.
//
//   packed a:  for each depth block, for each 4 rows:     depth × 4 elements, the rows of a term together
//   packed b:  for each depth block, for each TILE_BYTES of columns:  depth × TILE_BYTES
//
// Panels are filled up with zeros, which only reach lanes that are not stored.

import { DEPTH, PACK_PANELS, PIECE_COLS, PIECE_ROWS, TILE_BYTES, TILE_ROWS } from "./sizes";

/** Packs the panels of rows begin … end − 1 (times PACK_PANELS) of the m × k matrix a. */
function packRows<T>(begin: i32, end: i32, a: usize, m: i32, k: i32, to: usize): void {
  const panels = (m + TILE_ROWS - 1) / TILE_ROWS;
  const last = min(panels, end * PACK_PANELS);
  const rowBytes = <usize>k * sizeof<T>();
  for (let panel = begin * PACK_PANELS; panel < last; panel++) {
    const row = panel * TILE_ROWS;
    const rows = m - row;
    for (let from: i32 = 0; from < k; from += DEPTH) {
      const depth = min(DEPTH, k - from);
      let at = to + (<usize>from * panels + <usize>panel * depth) * (TILE_ROWS * sizeof<T>());
      let r0 = a + (<usize>row * k + from) * sizeof<T>();
      const stop = r0 + <usize>depth * sizeof<T>();
      const d1 = rows > 1 ? rowBytes : 0, d2 = rows > 2 ? 2 * rowBytes : 0, d3 = rows > 3 ? 3 * rowBytes : 0;
      for (; r0 < stop; r0 += sizeof<T>(), at += TILE_ROWS * sizeof<T>()) {
        // A row that is not there repeats the first: its lanes are not stored.
        store<T>(at, load<T>(r0));
        store<T>(at, load<T>(r0 + d1), sizeof<T>());
        store<T>(at, load<T>(r0 + d2), 2 * sizeof<T>());
        store<T>(at, load<T>(r0 + d3), 3 * sizeof<T>());
      }
    }
  }
}

/** Packs the panels of columns begin … end − 1 (times PACK_PANELS) of the k × n matrix b. */
function packCols<T>(begin: i32, end: i32, b: usize, k: i32, n: i32, to: usize): void {
  const width: i32 = TILE_BYTES / sizeof<T>();
  const panels = (n + width - 1) / width;
  const last = min(panels, end * PACK_PANELS);
  const rowBytes = <usize>n * sizeof<T>();
  for (let panel = begin * PACK_PANELS; panel < last; panel++) {
    const col = panel * width;
    const cols = min(width, n - col);
    for (let from: i32 = 0; from < k; from += DEPTH) {
      const depth = min(DEPTH, k - from);
      let at = to + (<usize>from * panels + <usize>panel * depth) * TILE_BYTES;
      const stop = at + <usize>depth * TILE_BYTES;
      let source = b + (<usize>from * n + col) * sizeof<T>();
      for (; at < stop; at += TILE_BYTES, source += rowBytes) {
        if (cols == width) {
          v128.store(at, v128.load(source));
          v128.store(at, v128.load(source, 16), 16);
        } else {
          v128.store(at, i64x2.splat(0));
          v128.store(at, i64x2.splat(0), 16);
          for (let i: usize = 0; i < <usize>cols; i++) {
            store<T>(at + i * sizeof<T>(), load<T>(source + i * sizeof<T>()));
          }
        }
      }
    }
  }
}

/** The first `lanes` elements of two vectors, added to what is there unless `isFirst`. */
function storeSome<T>(at: usize, low: v128, high: v128, lanes: i32, isFirst: bool): void {
  for (let i: i32 = 0; i < lanes; i++) {
    const value = v128.extract_lane<T>(low, 0);
    store<T>(at, isFirst ? value : load<T>(at) + value);
    at += sizeof<T>();
    if (sizeof<T>() == 8) {
      low = i8x16.shuffle(low, high, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23);
      high = i8x16.shuffle(high, high, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
    } else {
      low = i8x16.shuffle(low, high, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
      high = i8x16.shuffle(high, high, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3);
    }
  }
}

// @ts-ignore: decorator
@inline
function storeRow<T>(at: usize, low: v128, high: v128, isFirst: bool): void {
  if (!isFirst) {
    low = v128.add<T>(v128.load(at), low);
    high = v128.add<T>(v128.load(at, 16), high);
  }
  v128.store(at, low);
  v128.store(at, high, 16);
}

/** One tile: `depth` terms of a packed panel of a and one of b, to the rows at `to`. */
function tile<T>(
  a: usize, b: usize, depth: i32, to: usize, rowBytes: usize, rows: i32, lanes: i32, isFirst: bool,
): void {
  let c00 = i64x2.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  const stop = b + <usize>depth * TILE_BYTES;
  while (b < stop) {
    const low = v128.load(b), high = v128.load(b, 16);
    const a0 = v128.splat<T>(load<T>(a));
    c00 = v128.add<T>(c00, v128.mul<T>(a0, low));
    c01 = v128.add<T>(c01, v128.mul<T>(a0, high));
    const a1 = v128.splat<T>(load<T>(a, sizeof<T>()));
    c10 = v128.add<T>(c10, v128.mul<T>(a1, low));
    c11 = v128.add<T>(c11, v128.mul<T>(a1, high));
    const a2 = v128.splat<T>(load<T>(a, 2 * sizeof<T>()));
    c20 = v128.add<T>(c20, v128.mul<T>(a2, low));
    c21 = v128.add<T>(c21, v128.mul<T>(a2, high));
    const a3 = v128.splat<T>(load<T>(a, 3 * sizeof<T>()));
    c30 = v128.add<T>(c30, v128.mul<T>(a3, low));
    c31 = v128.add<T>(c31, v128.mul<T>(a3, high));
    a += TILE_ROWS * sizeof<T>();
    b += TILE_BYTES;
  }
  if (rows >= TILE_ROWS && lanes >= <i32>(TILE_BYTES / sizeof<T>())) {
    storeRow<T>(to, c00, c01, isFirst);
    storeRow<T>(to + rowBytes, c10, c11, isFirst);
    storeRow<T>(to + 2 * rowBytes, c20, c21, isFirst);
    storeRow<T>(to + 3 * rowBytes, c30, c31, isFirst);
    return;
  }
  lanes = min(lanes, <i32>(TILE_BYTES / sizeof<T>()));
  storeSome<T>(to, c00, c01, lanes, isFirst);
  if (rows > 1) storeSome<T>(to + rowBytes, c10, c11, lanes, isFirst);
  if (rows > 2) storeSome<T>(to + 2 * rowBytes, c20, c21, lanes, isFirst);
  if (rows > 3) storeSome<T>(to + 3 * rowBytes, c30, c31, lanes, isFirst);
}

/** The pieces begin … end − 1 of the product: PIECE_ROWS × PIECE_COLS, along the rows first. */
function multiply<T>(begin: i32, end: i32, a: usize, b: usize, to: usize, m: i32, k: i32, n: i32): void {
  const width: i32 = TILE_BYTES / sizeof<T>();
  const rowPanels = (m + TILE_ROWS - 1) / TILE_ROWS;
  const colPanels = (n + width - 1) / width;
  const across = (n + PIECE_COLS - 1) / PIECE_COLS;
  const rowBytes = <usize>n * sizeof<T>();
  for (let piece = begin; piece < end; piece++) {
    const row = piece / across * PIECE_ROWS;
    const col = piece % across * PIECE_COLS;
    const rowStop = min(m, row + PIECE_ROWS);
    const colStop = min(n, col + PIECE_COLS);
    for (let from: i32 = 0; from < k; from += DEPTH) {
      const depth = min(DEPTH, k - from);
      const rowsAt = a + <usize>from * rowPanels * (TILE_ROWS * sizeof<T>());
      const colsAt = b + <usize>from * colPanels * TILE_BYTES;
      const rowPanelBytes = <usize>depth * (TILE_ROWS * sizeof<T>());
      for (let j = col; j < colStop; j += width) {
        const panel = colsAt + <usize>(j / width) * depth * TILE_BYTES;
        for (let i = row; i < rowStop; i += TILE_ROWS) {
          tile<T>(
            rowsAt + <usize>(i / TILE_ROWS) * rowPanelBytes, panel, depth,
            to + <usize>i * rowBytes + <usize>j * sizeof<T>(), rowBytes, m - i, n - j, from == 0,
          );
        }
      }
    }
  }
}

/** The rows begin … end − 1 of a small product, from the factors as they lie; terms in the order of the large one. */
function multiplySmall<T>(begin: i32, end: i32, a: usize, b: usize, to: usize, k: i32, n: i32): void {
  const lanes: i32 = 16 / sizeof<T>();
  const rowBytes = <usize>n * sizeof<T>();
  for (let row = begin; row < end; row++) {
    const first = a + <usize>row * k * sizeof<T>();
    const stop = first + <usize>k * sizeof<T>();
    const target = to + <usize>row * rowBytes;
    let col: i32 = 0;
    for (; col + 4 * lanes <= n; col += 4 * lanes) {
      let s0 = i64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
      let at = b + <usize>col * sizeof<T>();
      for (let p = first; p < stop; p += sizeof<T>(), at += rowBytes) {
        const x = v128.splat<T>(load<T>(p));
        s0 = v128.add<T>(s0, v128.mul<T>(x, v128.load(at)));
        s1 = v128.add<T>(s1, v128.mul<T>(x, v128.load(at, 16)));
        s2 = v128.add<T>(s2, v128.mul<T>(x, v128.load(at, 32)));
        s3 = v128.add<T>(s3, v128.mul<T>(x, v128.load(at, 48)));
      }
      const place = target + <usize>col * sizeof<T>();
      v128.store(place, s0);
      v128.store(place, s1, 16);
      v128.store(place, s2, 32);
      v128.store(place, s3, 48);
    }
    for (; col + lanes <= n; col += lanes) {
      let s = i64x2.splat(0);
      let at = b + <usize>col * sizeof<T>();
      for (let p = first; p < stop; p += sizeof<T>(), at += rowBytes) {
        s = v128.add<T>(s, v128.mul<T>(v128.splat<T>(load<T>(p)), v128.load(at)));
      }
      v128.store(target + <usize>col * sizeof<T>(), s);
    }
    for (; col < n; col++) {
      let s: T = 0;
      let at = b + <usize>col * sizeof<T>();
      for (let p = first; p < stop; p += sizeof<T>(), at += rowBytes) s += load<T>(p) * load<T>(at);
      store<T>(target + <usize>col * sizeof<T>(), s);
    }
  }
}

export function matmul_rows_f32(begin: i32, end: i32, a: usize, m: i32, k: i32, to: usize): void {
  packRows<f32>(begin, end, a, m, k, to);
}
export function matmul_cols_f32(begin: i32, end: i32, b: usize, k: i32, n: i32, to: usize): void {
  packCols<f32>(begin, end, b, k, n, to);
}
export function matmul_f32(begin: i32, end: i32, a: usize, b: usize, to: usize, m: i32, k: i32, n: i32): void {
  multiply<f32>(begin, end, a, b, to, m, k, n);
}
export function matmul_small_f32(begin: i32, end: i32, a: usize, b: usize, to: usize, k: i32, n: i32): void {
  multiplySmall<f32>(begin, end, a, b, to, k, n);
}
export function matmul_rows_f64(begin: i32, end: i32, a: usize, m: i32, k: i32, to: usize): void {
  packRows<f64>(begin, end, a, m, k, to);
}
export function matmul_cols_f64(begin: i32, end: i32, b: usize, k: i32, n: i32, to: usize): void {
  packCols<f64>(begin, end, b, k, n, to);
}
export function matmul_f64(begin: i32, end: i32, a: usize, b: usize, to: usize, m: i32, k: i32, n: i32): void {
  multiply<f64>(begin, end, a, b, to, m, k, n);
}
export function matmul_small_f64(begin: i32, end: i32, a: usize, b: usize, to: usize, k: i32, n: i32): void {
  multiplySmall<f64>(begin, end, a, b, to, k, n);
}
