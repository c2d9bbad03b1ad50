// Kernels of simulation. Each file's functions take the pieces begin … end − 1 of their work first.

export * from "./kmeans";
export * from "./mandelbrot";
export * from "./nbody";
export * from "./pi";
export * from "./random";
