// Kernels on typed arrays. Sources in assembly/kernels/arrays.

export {
  add,
  addSync,
  axpy,
  axpySync,
  fill,
  fillSync,
  mul,
  mulSync,
  scale,
  scaleSync,
} from './arrays-arithmetic';
export type { OutOptions } from './arrays-common';
export {
  argmax,
  argmaxSync,
  argmin,
  argminSync,
  dot,
  dotSync,
  type Element,
  max,
  maxSync,
  mean,
  meanSync,
  min,
  minSync,
  type NormOptions,
  norm,
  normSync,
  sum,
  sumSync,
  type VarianceOptions,
  variance,
  varianceSync,
} from './arrays-reduce';
export { argsort, argsortSync, type SortOptions, sort, sortSync } from './arrays-sort';
