// Ready-made kernels of simulation; sources in assembly/kernels/simulation.

export * from './simulation-mandelbrot';
