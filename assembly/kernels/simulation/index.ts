// Kernels of simulation. Each file's functions take the pieces begin … end − 1 of their work first.

export * from "./mandelbrot";
