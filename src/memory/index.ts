// Numbers and bytes in shared memory.

export type { TypeCode } from './_types';
export { SharedArray, Value } from './value';
