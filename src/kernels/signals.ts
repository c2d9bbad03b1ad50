// Kernels on signals. Sources in assembly/kernels/signals.

export { type ConvolveOptions, convolve, convolveSync } from './signals-convolve';
export { type FftOptions, fft, fftSync, type Spectrum } from './signals-fft';
