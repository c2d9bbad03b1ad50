// Runs one frame in a worker: finds the function, calls it for each item, writes the result. Synchronous work
// stays synchronous, without a promise or a microtask; the first promise on the way turns the rest asynchronous.

import { load32 } from '../../assembly/atomics/index';
import { SLOT_FN, SLOT_KIND, SLOT_MS, SLOT_STARTED } from '../../assembly/pool/board';
import { encodeError } from '../codec/index';
import {
  beginCall,
  FRAME_APPLY,
  FRAME_APPLY_NUMBERS,
  FRAME_CALLS,
  FRAME_MAP_NUMBERS,
  FRAME_MAP_SETTLED,
  FRAME_PHASE,
  FRAME_STARMAP,
  FRAME_STARMAP_SETTLED,
  readApply,
  readCallArgs,
  readItems,
  readPhase,
  writeError,
  writeF64,
  writeNumbersInPlace,
  writeResults,
  writeValue,
} from '../pool/frames';
import { readName } from '../pool/names';
import { isEnding } from '../sync/_block';
import { settleHolds } from '../sync/_holds';
import { type AnyFunction, findTask } from '../tasks/registry';
import { forLoop, noteItems } from './apart';
import { runPhaseHere } from './phase';

const functions = new Map<number, AnyFunction>();
const thenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';

/** Runs the frame in the slot; a promise if any of it is asynchronous. The result stands in the slot afterwards. */
export function runFrame(slot: number): void | Promise<void> {
  const began = performance.now();
  // Before the work, so that the owner sees for how long it runs.
  writeF64(slot + SLOT_STARTED, performance.timeOrigin + began);
  const done = () => writeF64(slot + SLOT_MS, performance.now() - began);
  try {
    const work = begin(slot);
    if (work === undefined) return done();
    return work.then(done, (error) => {
      fail(slot, error, 0);
      done();
    });
  } catch (error) {
    fail(slot, error, 0);
    done();
  }
}

function begin(slot: number): void | Promise<void> {
  const kind = load32(slot + SLOT_KIND);
  if (kind === FRAME_PHASE) {
    const work = runPhaseHere(...readPhase(slot));
    return work === undefined ? writeValue(slot, undefined) : work.then(() => writeValue(slot, undefined));
  }
  const name = load32(slot + SLOT_FN);
  const fn = functions.get(name);
  if (fn !== undefined) return call(slot, kind, fn);
  return Promise.resolve(findTask(readName(name))).then((found) => {
    functions.set(name, found);
    writeF64(slot + SLOT_STARTED, performance.timeOrigin + performance.now()); // loading was not its work
    return call(slot, kind, found);
  });
}

function call(slot: number, kind: number, fn: AnyFunction): void | Promise<void> {
  if (kind === FRAME_APPLY || kind === FRAME_APPLY_NUMBERS) {
    const value = fn(...readApply(slot));
    if (!thenable(value)) return writeValue(slot, value);
    return Promise.resolve(value).then((result) => writeValue(slot, result));
  }
  if (kind === FRAME_CALLS) return runCalls(slot, fn);
  const items = readItems(slot);
  const began = performance.now();
  const ended = mapOver(slot, kind, fn, items);
  if (ended === undefined) noteItems(fn, items.length, performance.now() - began);
  return ended;
}

function mapOver(
  slot: number,
  kind: number,
  fn: AnyFunction,
  items: unknown[] | Float64Array,
): void | Promise<void> {
  const one = forLoop(fn);
  if (kind === FRAME_MAP_NUMBERS) return mapNumbers(slot, one, items as Float64Array);
  const star = kind === FRAME_STARMAP || kind === FRAME_STARMAP_SETTLED;
  const settled = kind === FRAME_MAP_SETTLED || kind === FRAME_STARMAP_SETTLED;
  return mapItems(
    slot,
    star ? (item) => fn(...(item as unknown[])) : (item) => one(item),
    items as unknown[],
    0,
    [],
    settled,
  );
}

/** A batch gives its other calls back when it has run for so many milliseconds. */
const BATCH_MAX_MS = 1;

/** Several calls: up to the first that does not return a number, or until it has taken long enough. */
function runCalls(slot: number, fn: AnyFunction): void | Promise<void> {
  const [numbers, length] = readCallArgs(slot);
  const end = performance.now() + BATCH_MAX_MS;
  let index = 0;
  try {
    while (beginCall(slot)) {
      const value =
        length === 1 ? fn(numbers[index]) : fn(...numbers.subarray(index * length, (index + 1) * length));
      if (typeof value !== 'number') return endCalls(slot, value);
      numbers[index++] = value;
      settleHolds();
      if (performance.now() >= end || isEnding()) break;
    }
  } catch (error) {
    return fail(slot, error, 0);
  }
  writeNumbersInPlace(slot);
}

/** The call's result is no number: it is the frame's last. */
function endCalls(slot: number, value: unknown): void | Promise<void> {
  if (!thenable(value)) return writeValue(slot, value);
  return Promise.resolve(value)
    .then((result) => writeValue(slot, result))
    .catch((error) => fail(slot, error, 0));
}

/** Numbers in, numbers out: results over the items, as long as they are numbers. */
function mapNumbers(slot: number, fn: AnyFunction, items: Float64Array): void | Promise<void> {
  const count = items.length;
  let index = 0;
  try {
    for (; index < count; index++) {
      const value = fn(items[index]);
      if (typeof value !== 'number') {
        // The rest goes the general way; what was overwritten so far are results.
        const results: unknown[] = Array.from(items.subarray(0, index));
        const rest = Array.from(items.subarray(index + 1));
        return mapItems(slot, fn, rest, index + 1, results, false, value);
      }
      items[index] = value;
      settleHolds();
    }
  } catch (error) {
    return fail(slot, error, index);
  }
  writeNumbersInPlace(slot);
}

/**
 * Calls `fn` for each item, pushing onto `results`; goes on asynchronously from the first promise. `base` is the
 * index of the first item in its frame; `pending` a value that came before it and is not yet in `results`.
 */
function mapItems(
  slot: number,
  fn: (item: unknown) => unknown,
  items: unknown[],
  base: number,
  results: unknown[],
  settled: boolean,
  ...pending: unknown[]
): void | Promise<void> {
  let index = -pending.length;
  const accept = (value: unknown): void => void results.push(settled ? [1, value] : value);
  try {
    for (; index < items.length; index++) {
      let value: unknown;
      try {
        value = index < 0 ? pending[0] : fn(items[index]);
      } catch (error) {
        if (!settled) throw error;
        results.push([0, encodeError(error)]);
        settleHolds();
        continue;
      }
      if (thenable(value)) return mapItemsAsync(slot, fn, items, base, results, settled, index, value);
      accept(value);
      settleHolds();
    }
    writeResults(slot, results);
  } catch (error) {
    fail(slot, error, Math.min(base + index, base + items.length - 1));
  }
}

async function mapItemsAsync(
  slot: number,
  fn: (item: unknown) => unknown,
  items: unknown[],
  base: number,
  results: unknown[],
  settled: boolean,
  index: number,
  first: PromiseLike<unknown>,
): Promise<void> {
  let value: unknown = first;
  try {
    for (;;) {
      try {
        const result = await value;
        results.push(settled ? [1, result] : result);
      } catch (error) {
        if (!settled) throw error;
        results.push([0, encodeError(error)]);
      }
      settleHolds();
      if (++index >= items.length) break;
      value = call1(fn, items[index]);
    }
    writeResults(slot, results);
  } catch (error) {
    fail(slot, error, Math.min(base + index, base + items.length - 1));
  }
}

/** The call's promise, also of what it throws at once. */
function call1(fn: (item: unknown) => unknown, item: unknown): Promise<unknown> {
  return new Promise((resolve) => resolve(fn(item)));
}

/** Writes the error as the frame's result; whatever happens, something is written. */
function fail(slot: number, error: unknown, index: number): void {
  if (isEnding()) return; // the slot may be another's by now
  try {
    writeError(slot, error, index);
  } catch (problem) {
    writeError(slot, new Error(`Cannot send a task's error: ${String(problem)}`), index);
  }
}
