/** The tasks of the pool benches, declared to our workers. */
import { tasks } from 'manyhands';
import { square as squareNumber } from '../rivals/square.mjs';

export const { square, lengthOf } = tasks(import.meta.url, {
  square: squareNumber,
  /** @param {Uint8Array} bytes */
  lengthOf: (bytes) => bytes.length,
});
