// Piece sizes of the image kernels, for both sides. Portable.

/** Rows of the source that a piece of resize's horizontal pass takes; even. */
export const RESIZE_ROWS: i32 = 16;
/** Rows of the result that a piece of resize's vertical pass takes. */
export const RESIZE_LINES: i32 = 8;
/** Rows of a piece of the kernels that go over an image once. */
export const IMAGE_ROWS: i32 = 16;
/** Bytes of a histogram: 256 counts of four channels. */
export const HISTOGRAM_BYTES: i32 = 4096;
