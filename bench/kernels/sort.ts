/** Sorting ten million doubles, against the parallel and the plain sort of libstdc++ and JavaScript's own. */
import type { Bench, Contender, Options } from '../harness/types.js';
import { checksum, fillElements } from '../rivals/data.js';
import { cpp, FLAGS_NOTE, kernel, METRICS } from './contenders.js';

const ELEMENTS = 10_000_000;
/** Of the two that have one core and take more than half a second. */
const SLOW_ROUNDS = 3;

const javascript: Contender = {
  name: 'Float64Array sort',
  maxRounds: SLOW_ROUNDS,
  async open() {
    const from = new Float64Array(ELEMENTS);
    const work = new Float64Array(ELEMENTS);
    fillElements(from);
    return {
      async round() {
        work.set(from);
        const begin = performance.now();
        work.sort();
        return { values: { wall: performance.now() - begin }, check: checksum(work) };
      },
      close() {},
    };
  },
};

export function sort({ quick, workers }: Options): Bench {
  return {
    name: 'sort',
    title: 'sort of 1e7 f64, uniform in [0, 1), shared',
    rounds: quick ? 3 : 11,
    warmups: 1,
    metrics: METRICS,
    contenders: [
      kernel('manyhands', workers, 1, (kernels, { sharedArray }, pool) => {
        const from = sharedArray(Float64Array, ELEMENTS);
        const out = sharedArray(Float64Array, ELEMENTS);
        fillElements(from);
        return { run: () => kernels.sort(from, { out, pool }), check: () => checksum(out) };
      }),
      cpp('C++ parallel sort', 'sort', ['parallel', ELEMENTS, workers], 1),
      cpp('C++ std::sort', 'sort', ['single', ELEMENTS, 1], 1, SLOW_ROUNDS),
      javascript,
    ],
    targets: [{ metric: 'wall', against: 'C++ parallel sort', atMost: 1 }],
    notes: [
      FLAGS_NOTE,
      'Ours leaves its input as it is; the rivals sort a copy made before the clock starts.',
    ],
  };
}
