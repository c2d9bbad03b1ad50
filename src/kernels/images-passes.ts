// The two passes of a separable filter; see assembly/kernels/images/resize.ts.

import { RESIZE_LINES, RESIZE_ROWS } from '../../assembly/kernels/images/sizes';
import type { KernelCall, Phase } from './_plan';
import type { Axis } from './images-axis';

/** An image on the heap. */
export interface HeapImage {
  address: number;
  width: number;
  height: number;
}

/** How many taps the kernels take at a time, in each pass. */
export const TAP_GROUPS = { columns: 4, lines: 2 } as const;

/** Nanoseconds of a tap of a pixel on one core, measured. */
const TAP_NS = 0.2;

const LINE_BYTES = 64;

/** Phases that filter `from` along its rows, then along its columns, into `to`. */
export function twoPasses(
  call: KernelCall,
  from: HeapImage,
  columns: Axis,
  lines: Axis,
  to: HeapImage,
): Phase[] {
  const pieces = Math.ceil(from.height / RESIZE_ROWS);
  // Rows an odd number of cache lines apart: a column's pixels then share no set of the cache (with rows of
  // 16 KiB the second pass took 3 times as long, measured). Taps come in pairs: room for a row behind the last.
  const rowBytes = (Math.ceil((4 * to.width) / LINE_BYTES) | 1) * LINE_BYTES;
  const between = call.scratch(rowBytes * (from.height + 1));
  const rooms = call.scratch(pieces * 2 * 4 * (from.width + 4));
  const isNarrow = from.width < columns.stride ? 1 : 0;
  const rows = {
    fn: 'resize_rows',
    pieces,
    args: [
      from.address,
      from.width,
      from.height,
      between,
      to.width,
      rowBytes,
      ...putAxis(call, columns),
      rooms,
      isNarrow,
    ],
    costNs: from.height * (to.width * columns.stride * TAP_NS + from.width),
  };
  const blend = {
    fn: 'resize_columns',
    pieces: Math.ceil(to.height / RESIZE_LINES),
    args: [between, rowBytes, to.width, to.address, to.height, ...putAxis(call, lines)],
    costNs: to.width * to.height * (1 + lines.stride * TAP_NS),
  };
  return [rows, blend];
}

/** Copies the axis to scratch memory; gives the kernels' arguments for it. */
function putAxis(call: KernelCall, { table, taps, stride, precision }: Axis): number[] {
  return [call.input(table), call.input(taps), stride, precision];
}
