// Sizes that the kernels on signals and their plans agree on. Portable: compiled by asc and by tsc.

/** Longest transform that one piece does; longer ones are cut into rows and columns. */
export const FFT_WHOLE: i32 = 8192;
/** Columns, and rows, that are transformed together: a cache line of doubles. */
export const FFT_BATCH: i32 = 8;
/** Largest prime that has butterflies; lengths with a larger one are done as a convolution (Bluestein). */
export const FFT_PRIME_MAX: i32 = 13;
/** Elements of a piece of element-wise work. */
export const FFT_BLOCK: i32 = 8192;

/** Results of a piece of a direct convolution; a multiple of 16. */
export const DIRECT_BLOCK: i32 = 2048;
