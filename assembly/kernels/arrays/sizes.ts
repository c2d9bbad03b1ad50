// Sizes that the kernels on arrays and their plans agree on. Portable: compiled by asc and by tsc.

/** Elements of a piece of element-wise work and of reductions. What a sum's bits are depends on it. */
export const BLOCK: i32 = 16384;

/** Arrays up to this length are sorted in one piece. */
export const SORT_SMALL: i32 = 32768;
/** Elements that a bucket is to have, about: two copies of them fit a second-level cache. */
export const SORT_BUCKET: i32 = 24576;
/** Most buckets of a partition, a power of two. */
export const SORT_BUCKETS_MAX: i32 = 512;
/** Elements that are looked at for each splitter. */
export const SORT_OVERSAMPLE: i32 = 16;
/** Least elements of a piece that is partitioned. */
export const SORT_PIECE: i32 = 65536;
