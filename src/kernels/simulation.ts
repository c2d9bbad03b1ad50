// Ready-made kernels of simulation; sources in assembly/kernels/simulation.

export * from './simulation-kmeans';
export * from './simulation-mandelbrot';
export * from './simulation-nbody';
export * from './simulation-random';
