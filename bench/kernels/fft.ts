/** Fourier transforms: a power of two, and a prime that takes a convolution, against numpy on one thread. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Bench, type Contender, Missing, type Options } from '../harness/types.js';
import { checksum, fillElements } from '../rivals/data.js';
import { LineProcess } from '../rivals/LineProcess.js';
import { kernel, METRICS } from './contenders.js';

const REPEATS = 3;

function numpy(length: number): Contender {
  return {
    name: 'numpy, one thread',
    async open() {
      if (spawnSync('python3', ['-c', 'import numpy']).status !== 0) {
        throw new Missing('no numpy', 'pip install numpy');
      }
      const script = fileURLToPath(new URL('../rivals/fft.py', import.meta.url));
      const rival = await LineProcess.start('python3', [script, String(length)]);
      return {
        async round() {
          const wall = new Float64Array(REPEATS);
          let check = 0;
          for (let i = 0; i < REPEATS; i++) {
            const answer = await rival.run();
            wall[i] = answer.ns / 1e6;
            check = answer.check;
          }
          return { values: { wall }, check };
        },
        close: () => rival.close(),
      };
    },
  };
}

function bench(name: string, length: number, { quick, workers }: Options): Bench {
  return {
    name,
    title: `fft of ${length} complex f64, shared`,
    rounds: quick ? 3 : 11,
    warmups: 1,
    metrics: METRICS,
    contenders: [
      kernel('manyhands', workers, REPEATS, (kernels, { sharedArray }, pool) => {
        const parts = new Float64Array(2 * length);
        fillElements(parts);
        const re = sharedArray(Float64Array, length);
        const im = sharedArray(Float64Array, length);
        re.set(parts.subarray(0, length));
        im.set(parts.subarray(length));
        const out = { re: sharedArray(Float64Array, length), im: sharedArray(Float64Array, length) };
        return { run: () => kernels.fft(re, im, { out, pool }), check: () => checksum(out.re) };
      }),
      numpy(length),
    ],
    targets: [{ metric: 'wall', against: 'numpy, one thread', atMost: 1 }],
    notes: ['numpy: its complex numbers lie together, ours in two arrays.'],
  };
}

export const fft = (options: Options): Bench => bench('fft', 2 ** 20, options);
export const fftPrime = (options: Options): Bench => bench('fftPrime', 1_000_003, options);
