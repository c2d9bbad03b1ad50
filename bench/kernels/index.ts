/** The kernels' group. */
import type { Group } from '../harness/types.js';
import { scale, sum } from './arrays.js';
import { fft, fftPrime } from './fft.js';
import { matmul } from './matmul.js';
import { primes } from './primes.js';
import { sort } from './sort.js';

export const kernels: Group = {
  name: 'kernels',
  summary: 'our kernels against C++ and numpy on the same cores',
  benches: (options) => [primes, scale, sum, sort, matmul, fft, fftPrime].map((bench) => bench(options)),
};
