/** Primes: counted against primesieve and a plain sieve, listed, tested. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { type Contender, Missing } from '../harness/types.js';
import { elements, weigh } from '../rivals/data.js';
import type { Spec } from './contenders.js';

const LIMIT = 1e9;
const LIST_LIMIT = 1e8;
const TESTED = 100_000;
const HIGH = 2 ** 53 - 1e8;

/** The fastest there is, with vectors of 512 bits where the processor has them. */
function primesieve(workers: number, args: readonly string[]): Contender {
  const run = promisify(execFile);
  return {
    name: 'primesieve',
    async open() {
      if (spawnSync('primesieve', ['--version']).status !== 0) {
        throw new Missing('no primesieve', 'apt install primesieve');
      }
      return {
        async round() {
          const { stdout } = await run('primesieve', [...args, `-t${workers}`, '--no-status', '--time']);
          const seconds = /Seconds: ([\d.]+)/.exec(stdout)?.[1];
          const primes = /Primes: (\d+)/.exec(stdout)?.[1];
          return { values: { wall: Number(seconds) * 1000 }, check: Number(primes) };
        },
        close() {},
      };
    },
  };
}

function jsSieve(limit: number): Uint8Array {
  const composite = new Uint8Array(limit);
  for (let i = 2; i * i < limit; i++) {
    if (composite[i] === 0) for (let j = i * i; j < limit; j += i) composite[j] = 1;
  }
  return composite;
}

function counting(name: string, lo: number, hi: number, more: Partial<Spec>): Spec {
  return {
    name,
    title: `countPrimes(${lo === 0 ? '0, 1e9' : '2**53 - 1e8, 2**53 - 1'})`,
    repeats: 1,
    ours({ kernels, pool }) {
      let found = 0;
      return {
        async run() {
          found = await kernels.countPrimes(lo, hi, { pool });
        },
        check: () => found,
      };
    },
    libraries: ({ workers }) => [primesieve(workers, [String(lo), String(hi - 1)])],
    notes: [
      'primesieve: the seconds it reports itself, to the millisecond. numpy and JavaScript: see primes.',
    ],
    ...more,
  };
}

export const numbers: readonly Spec[] = [
  counting('countPrimes', 0, LIMIT, {
    native: ['sieve', LIMIT],
  }),
  counting('countPrimesHigh', HIGH, 2 ** 53 - 1, {
    notes: [
      'primesieve keeps the five million primes in buckets by the segment of their next multiple, and has vectors of 512 bits; ours divides once for each prime and half of the range.',
    ],
  }),
  {
    name: 'primes',
    title: 'primes(0, 1e8)',
    repeats: 1,
    native: ['numbers', 'primes', LIST_LIMIT],
    numpy: ['primes', LIST_LIMIT],
    ours({ kernels, pool }) {
      let found: ArrayLike<number> = [];
      return {
        async run() {
          found = await kernels.primes(0, LIST_LIMIT, { pool });
        },
        check: () => weigh(found),
      };
    },
    javascript() {
      let found: number[] = [];
      return {
        run() {
          const composite = jsSieve(LIST_LIMIT);
          found = [];
          for (let i = 2; i < LIST_LIMIT; i++) if (composite[i] === 0) found.push(i);
        },
        check: () => weigh(found),
      };
    },
  },
  {
    name: 'isPrime',
    title: 'isPrime of 1e5 odd f64 below 2**52, shared',
    repeats: 3,
    native: ['numbers', 'isPrime', TESTED],
    ours({ kernels, pool, shared }) {
      const a = shared('Float64Array', TESTED);
      a.set(elements(TESTED).map((x) => 2 * Math.floor(x * 2 ** 51) + 1));
      let found: Uint8Array = new Uint8Array();
      return {
        async run() {
          found = await kernels.isPrime(a, { pool });
        },
        check: () => weigh(found),
      };
    },
  },
];
