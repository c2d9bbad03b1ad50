// Ready-made kernels on RGBA images of 8 bits; sources in assembly/kernels/images.

export * from './images-blur';
export * from './images-composite';
export * from './images-convolve';
export type { Image, ImageOptions, ImageResult, Pixels } from './images-image';
export * from './images-pixels';
export * from './images-resize';
export * from './images-rotate';
