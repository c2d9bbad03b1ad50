// Kernels on row-major matrices. Each file's functions take the pieces begin … end − 1 of their work first.

export * from "./matmul";
export * from "./matvec";
export * from "./transpose";
