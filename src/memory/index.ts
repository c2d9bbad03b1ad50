// Numbers and bytes in shared memory.

export type { TypeCode } from './_types';
export { type Shareable, ShareableList } from './shareable-list';
export { SharedMemory, type SharedMemoryOptions } from './shared-memory';
export { SharedArray, Value } from './value';
