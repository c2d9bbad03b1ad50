// Functions that workers run for the tests of this folder.

import { tasks } from 'manyhands';

export const { square, later, fail } = tasks(import.meta.url, {
  square: (x) => x * x,
  later: (value, ms) => new Promise((resolve) => setTimeout(resolve, ms, value)),
  fail(message) {
    throw new RangeError(message);
  },
});
