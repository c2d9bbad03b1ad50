// Ready-made kernels on text and bytes; sources in assembly/kernels/text.

export type { Bytes } from './text-bytes';
export * from './text-crc32';
export * from './text-csv';
export * from './text-find';
export * from './text-lines';
export * from './text-sha256';
export * from './text-words';
