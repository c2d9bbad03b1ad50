// Kernels and JavaScript on the same queues, in every runtime and in a page. `main` takes the kernels (base64) and
// resolves if all held. A test kernel is called as a phase calls its kernels: by the package's own code.

import { store32 } from '../../assembly/atomics/index';
import { FORMAT_VALUE, HOLDS_BIT } from '../../assembly/queue/messages';
import { abandonPut, beginPut } from '../../assembly/queue/ring';
import { SLOT_FORMAT } from '../../assembly/queue/slots';
import { SYNC_WORDS } from '../../assembly/sync/block';
import { holdForMessage } from '../../src/heap/holds';
import {
  Counter,
  heapStats,
  isMain,
  JoinableQueue,
  Pool,
  Process,
  Queue,
  SimpleQueue,
  sharedArray,
  tasks,
} from '../../src/index';
import { loadKernels } from '../../src/kernels/_module';
import { callKernel } from '../../src/kernels/_plan';
import { SyncHandle } from '../../src/sync/_handle';

const ITEMS = 5000;
/** Longer than a slot, and than the first slab classes. */
const LENGTHS = 400;

function equal(seen: unknown, wanted: unknown, what = ''): void {
  const [a, b] = [seen, wanted].map((value) => JSON.stringify(value));
  if (a !== b) throw new Error(`${what}: wanted ${b}, came ${a}`);
}

/** Calls a kernel for the pieces 0 … n − 1 in this thread. */
async function call(text: string, fn: string, n: number, ...args: unknown[]): Promise<void> {
  const source = async () => ({ default: text });
  const kernels = await loadKernels({ name: 'queue-test', threads: source, single: source });
  kernels.__mh_reset();
  const words = args.map((arg) =>
    arg instanceof Queue ? Queue.wordsOf(arg) : (arg as Float64Array).byteOffset,
  );
  callKernel(kernels, fn, 0, n, words);
}

const { inKernel, produce, consume, putArrays, drain } = tasks(import.meta.url, {
  inKernel: call,
  produce(queue: Queue, count: number) {
    for (let i = 0; i < count; i++) queue.putSync(i);
  },
  consume(queue: Queue) {
    let [count, sum, last] = [0, 0, -1];
    for (const item of queue as Iterable<number>) {
      if (item < last) throw new Error('out of order');
      last = item;
      count++;
      sum += item;
    }
    return [count, sum];
  },
  /** Arrays of `length` bytes, each its length in every byte. */
  putArrays(queue: Queue, lengths: number) {
    for (let length = 0; length < lengths; length++) queue.putSync(new Uint8Array(length).fill(length));
  },
  drain(queue: Queue, lengths: number) {
    for (let length = 0; length < lengths; length++) {
      const bytes = queue.getSync() as Uint8Array;
      if (bytes.length !== length || bytes.some((byte) => byte !== length % 256)) return length;
    }
    return -1;
  },
});

export async function main(text: string): Promise<void> {
  const pool = new Pool({ processes: 2, backend: 'shared' });
  await pool.ready;
  const kernel = (fn: string, n: number, ...args: unknown[]) =>
    pool.apply(inKernel, [text, fn, n, ...args]) as Promise<void>;
  const trapped = (promise: Promise<void>) =>
    promise.then(
      () => 'returned',
      (error: Error) => `${error.name}: ${error.message}`,
    );
  const traps = async (promise: Promise<void>, why: RegExp) => {
    const how = await trapped(promise);
    if (!why.test(how)) throw new Error(`wanted ${why}, came ${how}`);
  };
  const SUM = (ITEMS * (ITEMS - 1)) / 2;

  // Numbers: each way, and from the page's thread, through a queue that is full now and then, and one that grows.
  for (const maxsize of [3, 0]) {
    const [there, back] = [new Queue(maxsize), new Queue(maxsize)];
    const produced = kernel('produce', ITEMS, there).then(() => there.close());
    const [consumed] = await Promise.all([pool.apply(consume, [there]), produced]);
    equal(consumed, [ITEMS, SUM], `from a kernel, maxsize ${maxsize}`);
    const cells = sharedArray(Float64Array, 3);
    const put = async () => {
      await pool.apply(produce, [back, ITEMS]);
      for (let i = 0; i < 100; i++) await back.put(ITEMS);
      back.close();
    };
    await Promise.all([kernel('consume', 1, back, cells), put()]);
    equal([...cells], [ITEMS + 100, SUM + 100 * ITEMS, 0], `to a kernel, maxsize ${maxsize}`);
  }
  const unread = new SimpleQueue<number>();
  await kernel('produce', 1000, unread);
  for (let i = 0; i < 1000; i++) equal(unread.tryGet(), i, 'a queue that a kernel made grow');

  // Bytes: a kernel to a kernel, and each way.
  const cells = sharedArray(Float64Array, 10);
  type Side = (bytes: Queue) => Promise<unknown>;
  const fromKernel: Side = (bytes) => kernel('produceBytes', LENGTHS, bytes);
  const toKernel: Side = (bytes) => kernel('consumeBytes', LENGTHS, bytes, cells);
  for (const [from, to] of [
    [fromKernel, toKernel],
    [(bytes: Queue) => pool.apply(putArrays, [bytes, LENGTHS]), toKernel],
    [fromKernel, (bytes: Queue) => pool.apply(drain, [bytes, LENGTHS])],
  ]) {
    const bytes = new Queue(4);
    cells[0] = 0;
    const [whole] = await Promise.all([to(bytes), from(bytes).then(() => bytes.close())]);
    equal(whole ?? cells[0] - LENGTHS - 1, -1, 'messages that came whole');
  }

  // What does not wait, or not for long.
  await kernel('answers', 1, new Queue(1), cells);
  equal([...cells], [0, 0, 1, 0, 1, 1, -1, 1, -1, 1], 'answers');

  // Items that a kernel cannot take stay.
  const mixed = new Queue<unknown>();
  mixed.putSync({ a: 1 });
  await traps(kernel('get', 1, mixed), /no number/);
  await traps(kernel('getShort', 1, mixed), /another value/);
  equal(mixed.tryGet(), { a: 1 });
  mixed.putSync(new Uint8Array(4));
  await traps(kernel('getShort', 1, mixed), /longer than the buffer/);
  await traps(kernel('get', 1, mixed), /no number/);
  equal([mixed.size, (mixed.tryGet() as Uint8Array).length], [1, 4]);
  await traps(kernel('beyond', 1, mixed), /beyond the memory/);
  mixed.putSync(7);
  equal(mixed.tryGet(), 7);
  await traps(kernel('get', 1, cells), /no queue/);

  // Work that is joined.
  const joinable = new JoinableQueue<number>();
  for (let i = 0; i < 200; i++) joinable.putSync(i);
  const working = [kernel('work', 100, joinable), kernel('work', 100, joinable)];
  await joinable.join();
  await Promise.all(working);
  await traps(kernel('done', 1, joinable), /called for every item/);

  // Deaths: a kernel that waits for room is ended; a message of a dead producer that holds an object is swept.
  const narrow = new Queue<number>(2);
  const doomed = new Process(inKernel, { args: [text, 'produce', 100, narrow], backend: 'shared' });
  doomed.start();
  while (!narrow.full) await new Promise((resolve) => setTimeout(resolve, 1));
  doomed.terminate();
  await doomed.join();
  equal([await narrow.get(), await narrow.get()], [0, 1]);
  await narrow.put(2, 5000);
  equal(narrow.tryGet(), 2, 'after the death');
  const before = heapStats().byKind.sync.blocks;
  const held = new Counter();
  const slot = beginPut(Queue.wordsOf(narrow), 0);
  store32(slot + SLOT_FORMAT, FORMAT_VALUE | HOLDS_BIT);
  holdForMessage([SyncHandle.wordsOf(held) - SYNC_WORDS], slot);
  held.close();
  equal(heapStats().byKind.sync.blocks, before + 1, 'the message holds the counter');
  abandonPut(slot);
  narrow.putSync(5);
  await kernel('get', 1, narrow);
  equal([narrow.size, heapStats().byKind.sync.blocks], [0, before], 'swept by a kernel');
  await pool.close();
}

// Not in a page: there main is called.
const { process } = globalThis as unknown as { process?: { argv: string[] } };
if (process !== undefined && isMain(import.meta.url)) {
  const { readFileSync } = await import('node:fs');
  await main(readFileSync(process.argv[2], 'utf8'));
  console.log('kernels and JavaScript agree');
}
