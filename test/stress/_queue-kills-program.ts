// Real deaths in the middle of putting and of getting: every item that was put is got once, or was the one that a
// consumer had taken when it died, and nobody is stuck. Arguments: number of deaths, seed. Ends with a line of JSON.
//
// Two producers and two consumers at a time, each in a worker with a life of some dozen items. Two thirds exit before
// a step of theirs on shared memory that chance chose (_atomics.ts), most of them within a put or a get; the others
// are terminated wherever they are. Numbers, values that lie in the slot, in a block, bytes, and values that name a
// handle take turns.
//
// What a death may cost is witnessed the moment before the worker is declared dead, when nobody can have taken anything
// over: an item that is still being taken in its name goes back and must come; if there is none the dead consumer may
// have had one in hand, which then is the one that is missing. Nothing may come twice.

import process from 'node:process';
import { atomicLoad, load32 } from '../../assembly/atomics/index';
import { SLOT_MASK, STOP_NOW, THREAD_OWNER, THREAD_STOP, threadSlot } from '../../assembly/heap/threads';
import { QUEUE_FIRST_RING, RING_NEXT, RING_SHIFT, RING_SLOTS } from '../../assembly/queue/ring';
import { claimant, FREE, kindOf, ownedWord, SLOT_BYTES, TAKING } from '../../assembly/queue/slots';
import { thisThread } from '../../src/heap/heap';
import { isWithinSection } from '../../src/heap/section';
import {
  activeChildren,
  ClosedError,
  Counter,
  heapStats,
  isMain,
  JoinableQueue,
  Pool,
  release,
  sharedArray,
  tasks,
} from '../../src/index';
import { Crew, type Member } from '../../src/pool/_crew';
import * as hooked from './_atomics';
import { randomOf } from './_random';

/** Producers, and consumers as many. */
const SIDES = 2;
const THREADS = 1024;
/** Items of one life, and steps until its death at most: a put and a get take some 30. */
const ITEMS = 200;
const STEPS = 3000;
/** Between two terminations, at most. */
const PAUSE_MS = 250;
/** Nobody gets anything for so long, and nobody dies who would have: stuck. */
const STUCK_MS = Number(process.env.MANYHANDS_STUCK_MS ?? 1000);
/** Of a thousand deaths: those within the allocator, where a block is nobody's; and what chance may add to few. */
const LEAKS_PER_THOUSAND = 30;
const LEAKS_BY_CHANCE = 4;

/** Within so long a worker that was terminated has ended. */
const GIVEN_BACK_MS = 5000;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const makers = [
  (id: number) => id,
  (id: number) => ({ id, list: [1, 2] }),
  (id: number) => ({ id, text: 'x'.repeat(200) }),
  (id: number) => new Float64Array(40).fill(id),
  (id: number, counter: Counter) => [id, counter],
];

/** The number of an item; throws if it is not whole. */
function idOf(item: unknown): number {
  if (typeof item === 'number') return item;
  if (Array.isArray(item)) {
    if (!(item[1] instanceof Counter)) throw new Error('a handle is missing');
    return item[0];
  }
  if (item instanceof Float64Array) {
    if (item.length !== 40 || item.some((x) => x !== item[0])) throw new Error('an array is not whole');
    return item[0];
  }
  const { id, list, text } = item as { id: number; list?: number[]; text?: string };
  if (list?.[1] !== 2 && text?.length !== 200) throw new Error('an object is not whole');
  return id;
}

/** What all share: by life, the items that were begun and those that are in; by item, how often it was got. */
interface Books {
  /** The life that a thread leads, by its slot. */
  lives: Int32Array;
  begun: Int32Array;
  put: Int32Array;
  /** 1 while a consumer gets. */
  getting: Int32Array;
  got: Int32Array;
  /** How many were got in all. */
  progress: Int32Array;
}

/** Whether this thread is being terminated: by now, where the runtime cannot stop one that runs. */
const isStopped = () => hooked.peek(thisThread() + THREAD_STOP) === STOP_NOW;

/**
 * A page's worker cannot exit in the middle of anything, and nobody could tell who waits for it without sleeping that it
 * has: no section of its is left half done.
 */
const mayNotExit = () => hooked.isInPage && isWithinSection(thisThread());

function lead(books: Books, life: number, step: number): void {
  Atomics.store(books.lives, threadSlot(thisThread()), life);
  // No exit in a worker that is being terminated: Deno's spins for ever.
  if (step > 0) hooked.dieAt(step, () => (isStopped() ? 'never' : mayNotExit() ? 'later' : 'now'));
}

const { produce, consume } = tasks(import.meta.url, {
  produce(queue: JoinableQueue, counter: Counter, books: Books, life: number, step: number) {
    lead(books, life, step);
    try {
      for (let i = 0; i < ITEMS; i++) {
        if (isStopped()) throw new Error('terminated');
        const id = life * ITEMS + i;
        Atomics.store(books.begun, life, i + 1);
        queue.putSync(makers[id % makers.length](id, counter));
        Atomics.store(books.put, life, i + 1);
      }
    } catch (error) {
      if (!(error instanceof ClosedError)) throw error;
    } finally {
      hooked.spare();
    }
  },
  consume(queue: JoinableQueue, _counter: Counter, books: Books, life: number, step: number) {
    lead(books, life, step);
    try {
      for (let i = 0; i < ITEMS; i++) {
        if (isStopped()) throw new Error('terminated');
        Atomics.store(books.getting, life, 1);
        const item = queue.getSync();
        Atomics.add(books.got, idOf(item), 1);
        Atomics.store(books.getting, life, 0);
        Atomics.add(books.progress, 0, 1);
        queue.taskDone();
      }
    } catch (error) {
      if (!(error instanceof ClosedError)) throw error;
    } finally {
      hooked.spare();
    }
  },
});

/** Whether an item is being taken in the name of this owner. */
function isTaking(queue: number, owner: number): boolean {
  for (let ring = atomicLoad(queue + QUEUE_FIRST_RING); ring !== 0; ring = atomicLoad(ring + RING_NEXT)) {
    for (let i = 0; i < 1 << load32(ring + RING_SHIFT); i++) {
      const word = atomicLoad(ring + RING_SLOTS + i * SLOT_BYTES);
      if (kindOf(word) === TAKING && word >>> 6 === ownedWord(0, 0, claimant(owner)) >>> 6) return true;
    }
  }
  return false;
}

/** The slots that are in use. */
function describe(queue: number): string {
  const slots: string[] = [];
  for (let ring = atomicLoad(queue + QUEUE_FIRST_RING); ring !== 0; ring = atomicLoad(ring + RING_NEXT)) {
    for (let i = 0; i < 1 << load32(ring + RING_SHIFT); i++) {
      const word = atomicLoad(ring + RING_SLOTS + i * SLOT_BYTES);
      if (kindOf(word) !== FREE) slots.push(`${i}: kind ${kindOf(word)}, thread ${(word >>> 6) & SLOT_MASK}`);
    }
  }
  return slots.slice(0, 20).join('; ');
}

interface Result {
  deaths: number;
  diedGetting: number;
  /** Of those: the item went back. */
  wentBack: number;
  items: number;
  lost: number;
  doubled: number;
  /** 1 if nobody got anything for too long. */
  stuck: number;
  /** The longest time in which nobody got anything and nobody died: a worker comes up meanwhile. */
  worstGapMs: number;
  /** Blocks of the heap that stayed. */
  leaked: number;
  /** How many more than that the statistics count. */
  miscounted: number;
}

/** Deaths in one queue, until there were as many as wanted. */
async function run(maxsize: number, kills: number, random: (below: number) => number): Promise<Result> {
  const counted = () => Object.values(heapStats().byKind).reduce((sum, { blocks }) => sum + blocks, 0);
  const [level, countedLevel] = [heapStats().blocks, counted()];
  const queue = new JoinableQueue<unknown>(maxsize);
  const counter = new Counter();
  const most = 4 * kills + 1000;
  const books: Books = {
    lives: sharedArray(Int32Array, THREADS),
    begun: sharedArray(Int32Array, most),
    put: sharedArray(Int32Array, most),
    getting: sharedArray(Int32Array, most),
    got: sharedArray(Int32Array, most * ITEMS),
    progress: sharedArray(Int32Array, 1),
  };
  const result: Result = {
    deaths: 0,
    diedGetting: 0,
    wentBack: 0,
    items: 0,
    lost: 0,
    doubled: 0,
    stuck: 0,
    worstGapMs: 0,
    leaked: 0,
    miscounted: 0,
  };
  const address = JoinableQueue.wordsOf(queue);
  const bury = Crew.prototype.bury;
  Crew.prototype.bury = function (member: Member, death) {
    if (member.alive && member.record !== 0) {
      const life = Atomics.exchange(books.lives, threadSlot(member.record), 0);
      if (life !== 0) result.deaths++;
      if (life !== 0 && Atomics.exchange(books.getting, life, 0) === 1) {
        result.diedGetting++;
        if (isTaking(address, atomicLoad(member.record + THREAD_OWNER))) result.wentBack++;
      }
    }
    bury.call(this, member, death);
  };

  const pools = [produce, consume].map((task) => ({
    task,
    pool: new Pool({ processes: SIDES, backend: 'shared' }),
  }));
  await Promise.all(pools.map(({ pool }) => pool.ready));
  let lives = 1;
  const failures: unknown[] = [];
  const finished = () => result.deaths >= kills || lives >= most || failures.length > 0;
  const sides = pools.map(({ task, pool }) =>
    Array.from({ length: SIDES }, async () => {
      while (!finished()) {
        const step = random(3) < 2 ? 1 + random(STEPS) : 0;
        await pool.apply(task, [queue, counter, books, lives++, step]).catch((error: Error) => {
          if (error.name !== 'WorkerExitError' && error.message !== 'terminated') failures.push(error);
        });
      }
    }),
  );
  let seen = -1;
  let since = performance.now();
  while (!finished()) {
    await sleep(random(PAUSE_MS));
    const children = activeChildren();
    if (children.length > 0) children[random(children.length)].kill();
    if (seen === books.progress[0] + result.deaths) {
      const gapMs = Math.round(performance.now() - since);
      if (gapMs > STUCK_MS && result.worstGapMs <= STUCK_MS)
        console.log(`nobody gets anything: ${describe(address)}`);
      result.worstGapMs = Math.max(result.worstGapMs, gapMs);
    } else [seen, since] = [books.progress[0] + result.deaths, performance.now()];
  }
  result.stuck = result.worstGapMs > STUCK_MS ? 1 : 0;
  queue.close();
  await Promise.all(sides.flat());
  await Promise.all(pools.map(({ pool }) => pool.terminate()));
  Crew.prototype.bury = bury;
  for await (const item of queue) {
    books.got[idOf(item)]++;
    queue.taskDone();
  }
  await queue.join({ timeout: 60_000 });

  for (let life = 1; life < lives; life++) {
    for (let i = 0; i < books.begun[life]; i++) {
      const times = books.got[life * ITEMS + i];
      result.items += times;
      if (times > 1) result.doubled++;
      if (times === 0 && i < books.put[life]) result.lost++;
    }
  }
  queue[Symbol.dispose]();
  counter.close();
  for (const array of Object.values(books)) release(array);
  // Workers that take long to end, as WebKit's, give back late what they held.
  for (let ms = 0; ms < GIVEN_BACK_MS && heapStats().blocks > level; ms += 50) await sleep(50);
  result.leaked = heapStats().blocks - level;
  result.miscounted = counted() - countedLevel - result.leaked;
  if (failures.length > 0) throw failures[0];
  return result;
}

async function main(kills: number, seed: number): Promise<void> {
  console.log(`${kills} deaths, seed ${seed}`);
  const random = randomOf(seed);
  new JoinableQueue()[Symbol.dispose](); // the first leaves an ended one in its place
  for (const maxsize of [8, 0]) {
    const result = await run(maxsize, Math.ceil(kills / 2), random);
    const mayMiss = result.diedGetting - result.wentBack;
    const bad =
      result.lost > mayMiss ||
      result.doubled > 0 ||
      result.stuck > 0 ||
      result.leaked * 1000 > result.deaths * LEAKS_PER_THOUSAND + LEAKS_BY_CHANCE * 1000;
    console.log(JSON.stringify({ maxsize, ...result, mayMiss, ok: !bad }));
    if (bad) process.exitCode = 1;
  }
}

if (isMain(import.meta.url))
  await main(Number(process.argv[2] ?? 100), Number(process.argv[3] ?? Date.now() % 1e9));
