// Sizes that the kernels on matrices and their plans agree on. Portable: compiled by asc and by tsc.

/** Rows of a tile of the product; its columns are TILE_BYTES of elements. Eight vectors hold it. */
export const TILE_ROWS: i32 = 4;
export const TILE_BYTES: i32 = 32;
/** Terms that are added in registers before the product is touched again. What the bits are depends on it. */
export const DEPTH: i32 = 256;
/** Rows of a piece of the product: with DEPTH columns they stay in the second-level cache. */
export const PIECE_ROWS: i32 = 64;
/** Columns of a piece of the product. */
export const PIECE_COLS: i32 = 512;
/** Panels of four rows, or of a tile's columns, that a piece packs. */
export const PACK_PANELS: i32 = 16;

/** Bytes of a line of transposing: a block is that wide and as many elements high. */
export const LINE_BYTES: i32 = 64;
/** Rows of blocks of a piece of transposing. */
export const BLOCKS_HIGH: i32 = 4;
