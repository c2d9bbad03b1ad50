/** Counting the primes below a thousand million, against primesieve and a plain sieve in C++. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { type Bench, type Contender, Missing, type Options } from '../harness/types.js';
import { cpp, FLAGS_NOTE, kernel, METRICS } from './contenders.js';

const LIMIT = 1e9;

/** The fastest there is, with vectors of 512 bits where the processor has them. */
function primesieve(workers: number): Contender {
  const run = promisify(execFile);
  return {
    name: 'primesieve',
    async open() {
      if (spawnSync('primesieve', ['--version']).status !== 0) {
        throw new Missing('no primesieve', 'apt install primesieve');
      }
      return {
        async round() {
          const { stdout } = await run('primesieve', [
            String(LIMIT),
            `-t${workers}`,
            '--no-status',
            '--time',
          ]);
          const seconds = /Seconds: ([\d.]+)/.exec(stdout)?.[1];
          const primes = /Primes: (\d+)/.exec(stdout)?.[1];
          return { values: { wall: Number(seconds) * 1000 }, check: Number(primes) };
        },
        close() {},
      };
    },
  };
}

export function primes({ quick, workers }: Options): Bench {
  return {
    name: 'primes',
    title: `countPrimes(0, ${LIMIT.toExponential().replace('+', '')})`,
    rounds: quick ? 3 : 15,
    warmups: quick ? 1 : 2,
    metrics: METRICS,
    contenders: [
      kernel('manyhands', workers, 1, ({ countPrimes }, _library, pool) => {
        let found = 0;
        return {
          async run() {
            found = await countPrimes(0, LIMIT, { pool });
          },
          check: () => found,
        };
      }),
      primesieve(workers),
      cpp('C++ plain segmented', 'sieve', [LIMIT, workers], 1),
    ],
    targets: [{ metric: 'wall', against: 'primesieve', atMost: 4 }],
    notes: [FLAGS_NOTE, 'primesieve: the seconds it reports itself, to the millisecond.'],
  };
}
