// Functions that workers run for the tests of this folder.

import { tasks } from 'manyhands';

export const { later, spin } = tasks(import.meta.url, {
  later: (value, ms) => new Promise((resolve) => setTimeout(resolve, ms, value)),
  spin() {
    for (;;);
  },
});
