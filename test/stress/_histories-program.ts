// Histories of real threads: what a queue and a manager's dict answer to two to four workers at once is what they would
// have answered in some order in which no operation comes before one that had ended when it began. Arguments: rounds, seed.
// Ends with a line of JSON.
//
// In a round all workers begin at once and make some dozen operations each on a new queue, or on keys that are new in the
// dict; chance chooses them. One shared counter stamps each operation's begin and end, so what the stamps say of the order
// is true. Rounds are short, so the checker (test/model/explorer/linearize.ts) comes to its end at once. A round counts if
// operations overlapped in it: without that it would show nothing.

import process from 'node:process';
import { Empty, Full } from '../../src/errors';
import { isMain, Manager, Pool, Queue, sharedArray, tasks } from '../../src/index';
import type { ManagedDict } from '../../src/manager/index';
import { type Operation, type Spec, whyNotLinearizable } from '../model/explorer/linearize';
import { type DictOp, dict, fifo, type QueueOp } from '../model/explorer/specs';
import { randomOf } from './_random';

const WORKERS = 4;
/** Operations of a worker in a round. */
const OPERATIONS = 24;
const KEYS = ['a', 'b', 'c'];
/** Words of an operation: what it was, its argument, its answer, begin and end. */
const WORDS = 5;

// What an operation was; the numbers of the dict's are places in a list.
const PUT = 0;
const GET = 1;
const DICT_OPS = ['set', 'get', 'delete', 'add'] as const;
/** An answer that is nothing. */
const NOTHING = -1;

/** All begin when the last one is there. */
function meet(clock: Int32Array, workers: number): void {
  Atomics.add(clock, 1, 1);
  while (Atomics.load(clock, 1) < workers);
}

const { useQueue, useDict } = tasks(import.meta.url, {
  useQueue(
    queue: Queue<number>,
    log: Int32Array,
    clock: Int32Array,
    worker: number,
    workers: number,
    seed: number,
  ) {
    const random = randomOf(seed);
    meet(clock, workers);
    for (let i = 0; i < OPERATIONS; i++) {
      const at = (worker * OPERATIONS + i) * WORDS;
      const isPut = random(2) === 0;
      const item = worker * OPERATIONS + i;
      let answer = 1;
      const begin = Atomics.add(clock, 0, 1);
      try {
        if (isPut) queue.tryPut(item);
        else answer = queue.tryGet();
      } catch (error) {
        if (!(error instanceof Full || error instanceof Empty)) throw error;
        answer = NOTHING;
      }
      const end = Atomics.add(clock, 0, 1);
      log.set([isPut ? PUT : GET, item, answer, begin, end], at);
    }
  },
  useDict(
    shared: ManagedDict<string, number>,
    log: Int32Array,
    clock: Int32Array,
    worker: number,
    workers: number,
    seed: number,
    round: number,
  ) {
    const random = randomOf(seed);
    meet(clock, workers);
    for (let i = 0; i < OPERATIONS; i++) {
      const at = (worker * OPERATIONS + i) * WORDS;
      const op = random(DICT_OPS.length);
      const key = random(KEYS.length);
      const name = `${round} ${KEYS[key]}`;
      const value = 1 + worker * OPERATIONS + i;
      let answer = 0;
      const begin = Atomics.add(clock, 0, 1);
      switch (DICT_OPS[op]) {
        case 'set':
          shared.set(name, value);
          break;
        case 'get':
          answer = shared.get(name) ?? 0;
          break;
        case 'delete':
          answer = shared.delete(name) ? 1 : 0;
          break;
        default:
          answer = shared.update(name, (before) => before + 1, 0);
      }
      const end = Atomics.add(clock, 0, 1);
      log.set([op + (key << 8), value, answer, begin, end], at);
    }
  },
});

/** What an operation is to the specification: one, or several at the same time. */
type Read<Op> = (what: number, argument: number, answer: number, name: string) => Array<[Op, unknown]>;

/** Of a queue with a bound: its places are free again once they have been read, in order. */
const readBounded: Read<QueueOp> = (what, item, answer, name) => {
  if (what === PUT) return [[['put', item], answer === 1]];
  if (answer === NOTHING) return [[['take', name], null]];
  return [
    [['take', name], answer],
    [['free', name], true],
  ];
};

const readUnbounded: Read<QueueOp> = (what, item, answer) =>
  what === PUT ? [[['put', item], answer === 1]] : [[['get'], answer === NOTHING ? null : answer]];

/** The operations that the workers wrote down. */
function readLog<Op>(log: Int32Array, workers: number, read: Read<Op>): Array<Operation<Op>> {
  return Array.from({ length: workers * OPERATIONS }, (_, i) => {
    const [what, argument, answer, begin, end] = log.subarray(i * WORDS, (i + 1) * WORDS);
    const by = `worker ${Math.floor(i / OPERATIONS)}`;
    return read(what, argument, answer, `get ${i}`).map(([op, result]) => ({ by, op, begin, end, result }));
  }).flat();
}

/** Operations that began while another was under way. */
function overlapping(history: ReadonlyArray<Operation<unknown>>): number {
  const operations = [...history].sort((one, other) => one.begin - other.begin);
  let latest = -1;
  let count = 0;
  for (const { begin, end } of operations) {
    if (begin < latest) count++;
    latest = Math.max(latest, end);
  }
  return count;
}

/**
 * Without the answers Empty that were given while a put was under way: its item stands before all that came later, and
 * `tryGet` waits for it only for a while (assembly/queue/README.md), for which a thread may be without a processor.
 */
function withoutExcused(history: Array<Operation<QueueOp>>): Array<Operation<QueueOp>> {
  const puts = history.filter(({ op }) => op[0] === 'put');
  return history.filter(
    ({ op, result, end }) =>
      op[0] === 'put' || result !== null || !puts.some((put) => put.begin < end && put.end > end),
  );
}

/** A dict as `ManagedDict` answers: whether a key was removed; what an update leaves. */
const asManaged: Spec<Record<string, number>, DictOp> = {
  ...dict(),
  apply(contents, op) {
    return dict()
      .apply(contents, op)
      .map(([result, next]) => {
        const before = result as number;
        return [op[0] === 'delete' ? Number(before !== 0) : op[0] === 'add' ? before + 1 : result, next];
      });
  },
};

/** One round; what is wrong, and how many operations overlapped. */
async function check<Op, State>(
  rounds: Array<Promise<unknown>>,
  log: Int32Array,
  workers: number,
  read: Read<Op>,
  spec: Spec<State, Op>,
  filter = (history: Array<Operation<Op>>) => history,
): Promise<{ why: string | undefined; overlaps: number }> {
  await Promise.all(rounds);
  const history = readLog(log, workers, read);
  return { why: whyNotLinearizable(filter(history), spec), overlaps: overlapping(history) };
}

async function main(rounds: number, seed: number): Promise<void> {
  console.log(`${rounds} rounds, seed ${seed}`);
  const random = randomOf(seed);
  const pool = new Pool({ processes: WORKERS, backend: 'shared' });
  await pool.ready;
  const manager = new Manager();
  const stock = manager.dict() as ManagedDict<string, number>;
  const log = sharedArray(Int32Array, WORKERS * OPERATIONS * WORDS);
  const clock = sharedArray(Int32Array, 2);
  const result = { rounds: 0, operations: 0, overlaps: 0, wrong: 0 };
  for (let round = 0; round < rounds; round++) {
    const workers = 2 + random(WORKERS - 1);
    const each = Array.from({ length: workers }, (_, worker) => ({ worker, seed: 1 + random(1e9) }));
    clock.fill(0);
    const tell = ({ why, overlaps }: { why: string | undefined; overlaps: number }, what: string) => {
      result.rounds++;
      result.operations += workers * OPERATIONS;
      result.overlaps += overlaps;
      if (why === undefined) return;
      result.wrong++;
      console.log(`${what}, round ${round}: ${why}`);
    };
    if (round % 2 === 0) {
      const maxsize = random(5);
      const queue = new Queue<number>(maxsize);
      const runs = each.map((one) =>
        pool.apply(useQueue, [queue, log, clock, one.worker, workers, one.seed]),
      );
      const read = maxsize === 0 ? readUnbounded : readBounded;
      tell(await check(runs, log, workers, read, fifo(maxsize), withoutExcused), `queue of ${maxsize}`);
      queue[Symbol.dispose]();
    } else {
      const runs = each.map((one) =>
        pool.apply(useDict, [stock, log, clock, one.worker, workers, one.seed, round]),
      );
      const read: Read<DictOp> = (what, value, answer) => {
        const op = DICT_OPS[what & 255];
        const key = KEYS[what >> 8];
        return op === 'set' ? [[[op, key, value], true]] : [[[op, key], answer]];
      };
      tell(await check(runs, log, workers, read, asManaged), 'dict');
    }
  }
  await pool.close();
  manager[Symbol.dispose]();
  console.log(JSON.stringify(result));
  if (result.wrong > 0 || result.overlaps === 0) process.exitCode = 1;
}

if (isMain(import.meta.url))
  await main(Number(process.argv[2] ?? 100), Number(process.argv[3] ?? Date.now() % 1e9));
