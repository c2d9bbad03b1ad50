export type { ErrorClass } from './_error-fields.js';
export { registerError } from './_error-fields.js';
export { decode, encode, encodeInto } from './codec.js';
export { decodeError, encodeError, traceOf } from './errors.js';
export type { ArrayHandleType, HandleType } from './handles.js';
export { registerArrayHandle, registerHandle } from './handles.js';
