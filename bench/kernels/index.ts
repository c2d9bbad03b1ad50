/** The kernels' group. */
import type { Group } from '../harness/types.js';
import { scale, sum } from './arrays.js';
import { primes } from './primes.js';
import { sort } from './sort.js';

export const kernels: Group = {
  name: 'kernels',
  summary: 'our kernels against C++ on the same cores',
  benches: (options) => [primes, scale, sum, sort].map((bench) => bench(options)),
};
