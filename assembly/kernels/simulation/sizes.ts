// Piece sizes of the simulation kernels, for both sides. Portable.

/** Elements of a piece of random numbers; a multiple of 16, as many as four blocks of f32 give. */
export const RANDOM_BLOCK: i32 = 16384;
/** Bodies of a piece; even. */
export const NBODY_BLOCK: i32 = 64;
/** Centroids are padded to a multiple of this. */
export const KMEANS_LANES: i32 = 4;
