/** Products of matrices of doubles, against packed panels in C++ with the same vectors and plain loops. */
import type { Bench, Contender, Options } from '../harness/types.js';
import { checksum, fillElements } from '../rivals/data.js';
import { cpp, FLAGS_NOTE, kernel, METRICS } from './contenders.js';

const SIDE = 768;
/** The plain loops take a second. */
const SLOW_ROUNDS = 2;

const javascript: Contender = {
  name: 'JavaScript loops',
  maxRounds: SLOW_ROUNDS,
  async open() {
    const a = new Float64Array(SIDE * SIDE);
    fillElements(a);
    return {
      async round() {
        const begin = performance.now();
        const product = new Float64Array(SIDE * SIDE);
        for (let i = 0; i < SIDE; i++) {
          const row = product.subarray(i * SIDE, (i + 1) * SIDE);
          for (let k = 0; k < SIDE; k++) {
            const x = a[i * SIDE + k];
            const from = k * SIDE;
            for (let j = 0; j < SIDE; j++) row[j] += x * a[from + j];
          }
        }
        return { values: { wall: performance.now() - begin }, check: checksum(product) };
      },
      close() {},
    };
  },
};

export function matmul({ quick, workers }: Options): Bench {
  return {
    name: 'matmul',
    title: `matmul of ${SIDE} × ${SIDE} f64, shared`,
    rounds: quick ? 3 : 11,
    warmups: 1,
    metrics: METRICS,
    contenders: [
      kernel('manyhands', workers, 2, (kernels, { sharedArray }, pool) => {
        const data = sharedArray(Float64Array, SIDE * SIDE);
        const out = sharedArray(Float64Array, SIDE * SIDE);
        fillElements(data);
        const a = { data, rows: SIDE, cols: SIDE };
        return { run: () => kernels.matmul(a, a, { out, pool }), check: () => checksum(out) };
      }),
      cpp('C++ packed, OpenMP', 'matmul', [SIDE, workers], 2),
      cpp('C++ packed, one thread', 'matmul', [SIDE, 1], 2),
      javascript,
    ],
    targets: [{ metric: 'wall', against: 'C++ packed, OpenMP', atMost: 1.3 }],
    notes: [FLAGS_NOTE],
  };
}
