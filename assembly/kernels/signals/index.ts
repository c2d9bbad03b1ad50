// Kernels on signals. Each file's functions take the pieces begin … end − 1 of their work first.

export * from "./fft";
export * from "./convolve";
