// Everything that `manyhands/kernels` exports.

export type { KernelOptions } from './_plan';
export * from './arrays';
export * from './images';
export * from './matrices';
export * from './numbers';
export * from './signals';
export * from './simulation';
export * from './text';
