// Seeds and streams of the random numbers, as the kernels take them.

import { wrongRange, wrongType } from './_check';

/** An integer from 0 on, or a bigint below 2⁶⁴, as its low and high word. */
export function checkWord64(kernel: string, name: string, value: unknown): [low: number, high: number] {
  if (typeof value !== 'number' && typeof value !== 'bigint') {
    wrongType(kernel, name, 'an integer or a bigint', value);
  }
  const isRight =
    typeof value === 'bigint' ? value >= 0n && value < 1n << 64n : Number.isSafeInteger(value) && value >= 0;
  if (!isRight) wrongRange(kernel, name, 'an integer from 0 on, or a bigint below 2**64', value);
  if (typeof value === 'number') return [value >>> 0, Math.floor(value / 2 ** 32)];
  const word = value as bigint;
  return [Number(word & 0xffffffffn), Number(word >> 32n)];
}

/** The seed's words; those of a random one if there is none. */
export function checkSeed(kernel: string, seed: unknown): [low: number, high: number] {
  if (seed !== undefined) return checkWord64(kernel, 'seed', seed);
  const [low, high] = crypto.getRandomValues(new Uint32Array(2));
  return [low, high];
}
