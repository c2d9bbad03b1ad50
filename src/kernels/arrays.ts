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
  type Element,
  max,
  maxSync,
  min,
  minSync,
} from './arrays-extremes';
export { type MapOperation, map, mapSync } from './arrays-map';
export {
  dot,
  dotSync,
  mean,
  meanSync,
  type NormOptions,
  norm,
  normSync,
  sum,
  sumSync,
  type VarianceOptions,
  variance,
  varianceSync,
} from './arrays-reduce';
export { type PrefixSum, type PrefixSumOptions, prefixSum, prefixSumSync } from './arrays-scan';
export {
  type Comparison,
  filter,
  filterSync,
  type SearchSortedOptions,
  searchSorted,
  searchSortedSync,
  type UniqueOptions,
  unique,
  uniqueSync,
} from './arrays-select';
export { argsort, argsortSync, type SortOptions, sort, sortSync } from './arrays-sort';
export {
  type BincountOptions,
  bincount,
  bincountSync,
  type Histogram,
  type HistogramOptions,
  histogram,
  histogramSync,
} from './arrays-tally';
