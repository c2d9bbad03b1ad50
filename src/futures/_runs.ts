// What an executor's map is made of besides the pool's lazy map: inputs read side by side, and a time limit.

import { TimeoutError } from '../errors';
import { whenever } from './outcome';

type Input = Iterable<unknown> | AsyncIterable<unknown>;

/**
 * The inputs' items side by side, until the shortest ends. Synchronous inputs that are to be read whole are read
 * now; their number comes with them, 0 where it is not known.
 */
export function zip(
  inputs: Input[],
  whole: boolean,
): [items: Iterable<unknown[]> | AsyncIterable<unknown[]>, length: number] {
  if (inputs.some((input) => typeof input === 'object' && Symbol.asyncIterator in input))
    return [zipAsync(inputs), 0];
  const items = zipSync(inputs as Iterable<unknown>[]);
  if (!whole) return [items, 0];
  const all = [...items];
  return [all, all.length];
}

function* zipSync(inputs: Iterable<unknown>[]): Generator<unknown[], void> {
  if (inputs.length === 0) return;
  const iterators = inputs.map((input) => input[Symbol.iterator]());
  try {
    while (true) {
      const row: unknown[] = [];
      for (const iterator of iterators) {
        const { done, value } = iterator.next();
        if (done) return;
        row.push(value);
      }
      yield row;
    }
  } finally {
    for (const iterator of iterators) iterator.return?.();
  }
}

async function* zipAsync(inputs: Input[]): AsyncGenerator<unknown[], void> {
  const iterators = inputs.map(
    (input) =>
      (input as AsyncIterable<unknown>)[Symbol.asyncIterator]?.() ??
      (input as Iterable<unknown>)[Symbol.iterator](),
  );
  try {
    while (true) {
      const row: unknown[] = [];
      for (const iterator of iterators) {
        const { done, value } = await iterator.next();
        if (done) return;
        row.push(value);
      }
      yield row;
    }
  } finally {
    for (const iterator of iterators) await iterator.return?.();
  }
}

/** An iterator that gives results until `timeoutMs` after it was made, and only those that are there after that. */
export class TimedRun<R> implements AsyncIterableIterator<R> {
  readonly #deadline: number;
  constructor(
    private readonly run: AsyncIterableIterator<R>,
    private readonly timeoutMs: number,
  ) {
    this.#deadline = performance.now() + timeoutMs;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<R>> {
    const step = this.run.next();
    step.catch(() => {}); // read below, unless the time runs out first
    const timeout = Math.max(0, this.#deadline - performance.now());
    const arrival = { listen: (tell: () => void) => void step.then(tell, tell), unlisten() {} };
    try {
      await whenever(arrival, timeout, 'wait');
    } catch {
      await this.return();
      throw new TimeoutError(`Cannot finish map within ${this.timeoutMs} ms`);
    }
    return step;
  }

  async return(): Promise<IteratorResult<R>> {
    await this.run.return?.();
    return { done: true, value: undefined };
  }
}
