/** scale and sum over ten million doubles in shared arrays, against OpenMP: the memory is the limit of both. */
import type { Bench, Options } from '../harness/types.js';
import { checksum, fillElements } from '../rivals/data.js';
import { cpp, FLAGS_NOTE, kernel, METRICS } from './contenders.js';

const ELEMENTS = 10_000_000;
const REPEATS = 20;
const FACTOR = 1.5;
const TARGET = { metric: 'wall', against: 'C++ OpenMP', atMost: 1.3 };

const common = ({ quick }: Options) => ({
  rounds: quick ? 3 : 15,
  warmups: quick ? 1 : 2,
  metrics: METRICS,
  targets: [TARGET],
  notes: [FLAGS_NOTE],
});

export function scale(options: Options): Bench {
  return {
    ...common(options),
    name: 'scale',
    title: 'scale of 1e7 f64 into another array, both shared',
    contenders: [
      kernel('manyhands', options.workers, REPEATS, (kernels, { sharedArray }, pool) => {
        const from = sharedArray(Float64Array, ELEMENTS);
        const out = sharedArray(Float64Array, ELEMENTS);
        fillElements(from);
        return { run: () => kernels.scale(from, FACTOR, { out, pool }), check: () => checksum(out) };
      }),
      cpp('C++ OpenMP', 'arrays', ['scale', ELEMENTS, options.workers], REPEATS),
      cpp('C++, one thread', 'arrays', ['scale', ELEMENTS, 1], REPEATS),
    ],
  };
}

export function sum(options: Options): Bench {
  return {
    ...common(options),
    name: 'sum',
    title: 'sum of 1e7 f64, shared',
    contenders: [
      kernel('manyhands', options.workers, REPEATS, (kernels, { sharedArray }, pool) => {
        const from = sharedArray(Float64Array, ELEMENTS);
        fillElements(from);
        let total = 0;
        return {
          async run() {
            total = await kernels.sum(from, { pool });
          },
          check: () => total,
        };
      }),
      cpp('C++ OpenMP', 'arrays', ['sum', ELEMENTS, options.workers], REPEATS),
      cpp('C++, one thread', 'arrays', ['sum', ELEMENTS, 1], REPEATS),
    ],
  };
}
