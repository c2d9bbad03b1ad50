// Ready-made kernels on text and bytes; sources in assembly/kernels/text.

export type { Bytes } from './text-bytes';
export * from './text-words';
