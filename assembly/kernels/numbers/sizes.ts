// Sizes that the sieve's kernels and their plans agree on. Portable: compiled by asc and by tsc.
//
// A byte of a sieve stands for 30 numbers: bit i of byte b for 30 b + (1, 7, 11, 13, 17, 19, 23, 29)[i].

/** The primes up to here are struck out by patterns; the lists of sieving primes begin after it. */
export const PATTERN_PRIMES_MAX: i32 = 71;
/** Bytes of the tables that `sieve_prepare` fills. */
export const TABLES_BYTES: u32 = 16768;
/** The largest root that `sieve_prepare` lists the primes up to; more come from a sieve. */
export const SMALL_ROOT_MAX: i32 = 65535;
/** There are 6542 primes below 65536. */
export const SMALL_PRIMES_MAX: i32 = 6542;

/** Bytes of the block that small primes are struck out of at a time: two thirds of a first-level cache. */
export const BLOCK_BYTES: u32 = 32768;
/** Primes below are struck out of one block after another, larger ones out of the whole segment. */
export const BLOCK_PRIMES_BELOW: u32 = 8192;
/** Bytes of a segment, which is a piece: from one block, over what a second-level cache holds, to a maximum. */
export const SEGMENT_BYTES: u32 = 262144;
export const SEGMENT_BYTES_MAX: u32 = 33554432;

/** Numbers of a piece of `isPrime`. */
export const PRIMALITY_BLOCK: i32 = 2048;
