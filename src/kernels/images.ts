// Ready-made kernels on RGBA images of 8 bits; sources in assembly/kernels/images.

export * from './images-composite';
export type { Image, ImageOptions, ImageResult } from './images-image';
export * from './images-resize';
