// Kernels on numbers. Each file's functions take the pieces begin … end − 1 of their work first.

export * from "./primality";
export * from "./sieve";
