// Resampling by taking the nearest pixel. A piece is RESIZE_LINES rows of the result.

import { RESIZE_LINES } from "./sizes";

/** to(x, y) = from(columns[x], lines[y]); both tables are u32. */
export function resize_nearest(
  begin: i32, end: i32, from: usize, width: i32, to: usize, toWidth: i32, toHeight: i32, columns: usize, lines: usize,
): void {
  const last = min(toHeight, end * RESIZE_LINES);
  const tableBytes = <usize>toWidth << 2;
  for (let y = begin * RESIZE_LINES; y < last; y++) {
    const row = from + <usize>load<u32>(lines + (<usize>y << 2)) * (<usize>width << 2);
    const out = to + <usize>y * tableBytes;
    for (let at: usize = 0; at < tableBytes; at += 4) {
      store<u32>(out + at, load<u32>(row + (<usize>load<u32>(columns + at) << 2)));
    }
  }
}
