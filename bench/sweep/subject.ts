/** What is swept: a kernel at a size, and the function that a program without it would have. */
import type { loadKernels } from '../ours.js';

export type Kernels = Awaited<ReturnType<typeof loadKernels>>;
export type Doubles = Float64Array<ArrayBuffer>;
export type Bytes = Uint8Array<ArrayBuffer>;

/** Both do one job; what they give back is kept, so that nothing is left out. */
export interface Pair {
  ours(): unknown;
  javascript(): unknown;
}

export interface Subject {
  readonly name: string;
  /** What is counted: elements if not given. */
  readonly unit?: string;
  /** The largest size, where JavaScript takes seconds. */
  readonly most?: number;
  /** Why it is slower than plain JavaScript where it is. */
  readonly reason?: string;
  make(kernels: Kernels, size: number): Pair;
}
