// The names of AssemblyScript's number types, for tsc: sources that both compilers compile use them.
// In JavaScript each is a number; addresses and words are unsigned (an operation that may leave the
// 32-bit range is brought back with `>>> 0`, which asc compiles to nothing).
declare type i32 = number;
declare type u32 = number;
declare type usize = number;
declare type f64 = number;
