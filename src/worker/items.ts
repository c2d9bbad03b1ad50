// Runs a frame's items where there is no slot to write to: for the message and inline backends.

import { encodeError } from '../codec/index';
import { FRAME_APPLY, FRAME_MAP_SETTLED, FRAME_STARMAP, FRAME_STARMAP_SETTLED } from '../pool/frames';
import type { AnyFunction } from '../tasks/registry';
import { forLoop, noteItems } from './apart';

export type ItemsOutcome = { ok: true; value: unknown } | { ok: false; error: unknown; index: number };

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';

/** Calls `fn` for the payload of a frame of `kind`; a promise from the first asynchronous result on. */
export function runItems(
  kind: number,
  fn: AnyFunction,
  payload: unknown[],
): ItemsOutcome | Promise<ItemsOutcome> {
  if (kind === FRAME_APPLY) {
    try {
      const value = fn(...payload);
      if (!isPromise(value)) return { ok: true, value };
      return Promise.resolve(value).then(
        (result) => ({ ok: true as const, value: result }),
        (error) => ({ ok: false as const, error, index: 0 }),
      );
    } catch (error) {
      return { ok: false, error, index: 0 };
    }
  }
  const star = kind === FRAME_STARMAP || kind === FRAME_STARMAP_SETTLED;
  const settled = kind === FRAME_MAP_SETTLED || kind === FRAME_STARMAP_SETTLED;
  const results: unknown[] = [];
  const one = forLoop(fn);
  const began = performance.now();
  for (let index = 0; index < payload.length; index++) {
    try {
      const value = star ? fn(...(payload[index] as unknown[])) : one(payload[index]);
      if (isPromise(value)) return runItemsAsync(fn, star, settled, payload, index, results, value);
      results.push(settled ? [1, value] : value);
    } catch (error) {
      if (!settled) return { ok: false, error, index };
      results.push([0, encodeError(error)]);
    }
  }
  noteItems(fn, payload.length, performance.now() - began);
  return { ok: true, value: results };
}

async function runItemsAsync(
  fn: AnyFunction,
  star: boolean,
  settled: boolean,
  payload: unknown[],
  from: number,
  results: unknown[],
  first: PromiseLike<unknown>,
): Promise<ItemsOutcome> {
  for (let index = from; index < payload.length; index++) {
    try {
      const value = await (index === from
        ? first
        : star
          ? fn(...(payload[index] as unknown[]))
          : fn(payload[index]));
      results.push(settled ? [1, value] : value);
    } catch (error) {
      if (!settled) return { ok: false, error, index };
      results.push([0, encodeError(error)]);
    }
  }
  return { ok: true, value: results };
}
