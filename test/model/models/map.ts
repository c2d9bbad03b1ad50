// The map of Manager.dict, as src/manager/_map.ts runs it, and the root of its lists: what each thread saw is what some
// order of all calls would have shown, nothing is freed that another thread reads or frees, and a death loses nothing
// but what the dead was about to do. A block that is freed is overwritten, so whoever still reads it is a race. Over 400 lines: one reference object and one
// set of checks serve the models of the map, of its growth and of reclamation alike.

import { atomicAdd, atomicLoad, atomicStore, load32, store32 } from '../../../assembly/atomics/index';
import { HEADER_DEATHS, HEADER_EPOCH, PIN_BYTES, PINS_AT } from '../../../assembly/heap/layout';
import { THREAD_DEAD, THREAD_STATE } from '../../../assembly/heap/threads';
import {
  BLOCK_LIMBO,
  beginSweep,
  EPOCH_HIGHEST,
  EPOCH_LIMBO,
  EPOCH_SWEEPER,
  endSweep,
  join,
  nextRetired,
  pin,
  pinOf,
  retire,
  unpin,
} from '../../../assembly/map/epoch';
import {
  bucketOrder,
  bucketWord,
  copyTable,
  countIn,
  countKeys,
  exchange,
  GONE,
  headOf,
  initDummy,
  initMap,
  initTable,
  MAP_COUNT,
  MAP_COUNTED,
  MAP_TABLE,
  MAP_TICKET,
  NODE_KEY,
  NODE_KEY_BYTES,
  NODE_NEXT,
  NODE_ORDER,
  NODE_TICKET,
  NODE_VALUE,
  nextNode,
  remove,
  search,
  TABLE_SHIFT,
  TABLE_WORDS,
  wayIn,
} from '../../../assembly/map/map';
import { exchangeRoot, rootOf } from '../../../assembly/map/root';
import { peek, poke } from '../explorer/atomics';
import { assert, type Call, type Model, model, type World } from '../explorer/model';
import { type Block, names } from './_names';
import { liveThreads, recordOf } from './_sync';

const MAP = 0x600000;
const TABLE = 0x601000;
const HEAD = 0x602000;
/** Each call has its own blocks: a node, a value, a dummy, a table. */
const BLOCKS = 0x610000;
const CALL_BYTES = 0x1000;
const VALUE = 0x100;
const DUMMY = 0x200;
const NEXT_TABLE = 0x300;
const PAYLOAD = 20;
/** The model's own: which blocks were freed. */
const FREED = 0x3000000;

/** Keys: their order and what else tells them apart. Two stand in one bucket, two have one hash, two their own buckets. */
const KEYS = {
  a: [0x10000001, 1],
  b: [0x18000001, 2],
  c: [0x18000001, 3],
  d: [0x90000001, 4],
  e: [0x50000001, 5],
} as const;
type Key = keyof typeof KEYS;

type Op = ['set', Key, number] | ['get' | 'delete' | 'add', Key] | ['grow'] | ['sweep'];
interface Self {
  results: number[];
}

const ownerOf = (index: number): number => (1 << 10) + index + 1;
const blocksOf = (thread: number, call: number): number => BLOCKS + (thread * 8 + call) * CALL_BYTES;

function entered<T>(owner: number, body: () => T): T {
  pin(owner);
  const result = body();
  unpin(owner);
  return result;
}

function writeKey(at: number, key: Key): void {
  const [order, word] = KEYS[key];
  store32(at + NODE_ORDER, order);
  store32(at + NODE_KEY, ((word << 28) | 4) >>> 0);
  store32(at + NODE_KEY_BYTES, word);
}

function createValue(at: number, value: number): number {
  store32(at + PAYLOAD, value);
  return at;
}

/** As src/manager/_map.ts: insert. */
function insert(probe: number, value: number, blocks: number): number {
  const order = load32(probe + NODE_ORDER);
  const table = atomicLoad(MAP + MAP_TABLE);
  const word = bucketWord(table, order);
  let from = atomicLoad(word);
  if (from === 0) {
    initDummy(blocks + DUMMY, bucketOrder(table, word));
    from = search(wayIn(word), blocks + DUMMY, true) || blocks + DUMMY;
    atomicStore(word, from);
  }
  store32(blocks + NODE_ORDER, order);
  store32(blocks + NODE_KEY, load32(probe + NODE_KEY));
  store32(blocks + NODE_KEY_BYTES, load32(probe + NODE_KEY_BYTES));
  store32(blocks + NODE_VALUE, value);
  store32(blocks + NODE_TICKET, atomicAdd(MAP + MAP_TICKET, 1));
  const standing = search(from, blocks, true);
  if (standing === 0) countIn(MAP);
  return standing;
}

function perform(op: Op, owner: number, blocks: number): number {
  if (op[0] === 'sweep') {
    sweep(owner);
    return 0;
  }
  return entered(owner, () => {
    if (op[0] === 'grow') {
      const table = atomicLoad(MAP + MAP_TABLE);
      initTable(blocks + NEXT_TABLE, load32(table + TABLE_SHIFT) + 1);
      copyTable(MAP, table, blocks + NEXT_TABLE);
      return 0;
    }
    const probe = pinOf(owner);
    writeKey(probe, op[1]);
    const table = atomicLoad(MAP + MAP_TABLE);
    let node = search(wayIn(bucketWord(table, KEYS[op[1]][0])), probe, false);
    while (true) {
      const seen = node === 0 ? GONE : atomicLoad(node + NODE_VALUE);
      const value = seen === GONE ? 0 : load32(seen + PAYLOAD);
      if (op[0] === 'get') return value;
      if (op[0] === 'delete') {
        if (seen === GONE) return 0;
        if (!remove(MAP, node, seen)) continue;
        retire(seen);
        search(wayIn(bucketWord(atomicLoad(MAP + MAP_TABLE), KEYS[op[1]][0])), probe, false);
        return value;
      }
      const next = op[0] === 'set' ? op[2] : value + 1;
      const word = createValue(blocks + VALUE, next);
      if (seen === GONE) {
        node = insert(probe, word, blocks);
        if (node === 0) return next;
      } else if (exchange(node, seen, word)) {
        retire(seen);
        return next;
      }
    }
  });
}

function sweep(owner: number): boolean {
  if (!beginSweep(owner)) return false;
  for (let block = nextRetired(); block !== 0; block = nextRetired()) {
    assert(peek(FREED + block) === 0, 'a block was freed twice');
    poke(FREED + block, 1);
    for (const at of [NODE_NEXT, NODE_ORDER, BLOCK_LIMBO, NODE_VALUE, PAYLOAD, NODE_KEY, NODE_KEY_BYTES]) {
      store32(block + at, 0xdddddddd);
    }
  }
  return endSweep();
}

type Contents = Partial<Record<Key, number>>;

/** What a call shows of these contents, and what it makes of them. */
function expected(op: Op, contents: Contents): [number, Contents] {
  if (op[0] === 'grow' || op[0] === 'sweep') return [0, contents];
  const value = contents[op[1]] ?? 0;
  if (op[0] === 'get') return [value, contents];
  if (op[0] === 'delete') {
    const { [op[1]]: _, ...rest } = contents;
    return [value, rest];
  }
  const next = op[0] === 'set' ? op[2] : value + 1;
  return [next, { ...contents, [op[1]]: next }];
}

/** Whether some order of the calls, each thread's own kept, shows these results and ends in these contents. */
function isExplained(
  threads: readonly Op[][],
  world: World,
  contents: Contents,
  found: Contents,
  at: number[],
): boolean {
  let isEnd = true;
  for (let i = 0; i < threads.length; i++) {
    const { results } = world.self[i] as Self;
    const op = threads[i][at[i]];
    const isDone = at[i] < results.length;
    // What the dead was doing may have been done, or not.
    const mayBeDone = at[i] === results.length && world.dead.includes(i) && op !== undefined;
    if (!isDone && !mayBeDone) continue;
    if (isDone) isEnd = false;
    const [result, next] = expected(op, contents);
    if (isDone && result !== results[at[i]]) continue;
    if (isExplained(threads, world, next, found, at.with(i, at[i] + 1))) return true;
  }
  return isEnd && JSON.stringify(found, Object.keys(KEYS)) === JSON.stringify(contents, Object.keys(KEYS));
}

function contentsNow(): Contents {
  const found: Contents = {};
  for (let node = nextNode(headOf(MAP)); node !== 0; node = nextNode(node)) {
    const [key] = Object.entries(KEYS).find(([, [, word]]) => word === load32(node + NODE_KEY_BYTES))!;
    assert(!(key in found), `the key ${key} is there twice`);
    found[key as Key] = load32(atomicLoad(node + NODE_VALUE) + PAYLOAD);
  }
  return found;
}

interface Shape {
  name: string;
  /** Keys that are there at first, with their values. */
  first?: Contents;
  threads: Op[][];
  deaths?: number;
  slow?: boolean;
  random?: boolean;
}

function map({ name, first = {}, threads, deaths = 0, slow, random }: Shape): Model {
  const count = threads.length;
  const calls = (ops: Op[], thread: number): Call<Self>[] =>
    ops.map((op, call) =>
      Object.assign(
        (self: Self) => {
          self.results.push(perform(op, ownerOf(thread), blocksOf(thread, call)));
        },
        { toString: () => op.join(' ') },
      ),
    );
  return model({
    name,
    setup() {
      liveThreads(count + 1);
      for (let thread = 0; thread <= count; thread++) join(ownerOf(thread));
      initMap(MAP, TABLE, HEAD);
      initTable(TABLE, 2); // four buckets do
      atomicStore(TABLE + TABLE_WORDS, HEAD);
      Object.entries(first).forEach(([key, value], i) => {
        perform(['set', key as Key, value], ownerOf(count), blocksOf(count, i));
      });
    },
    threads: threads.map((ops, thread) => ({
      name: `thread ${thread}`,
      mortal: deaths > 0,
      self: { results: [] } satisfies Self,
      calls: calls(ops, thread),
    })),
    deaths,
    reap(dead) {
      atomicStore(recordOf(dead) + THREAD_STATE, THREAD_DEAD);
      atomicAdd(HEADER_DEATHS, 1);
    },
    finally(world) {
      const found = contentsNow();
      const start = threads.map(() => 0);
      const seen = JSON.stringify([world.self.slice(0, count).map((self: Self) => self.results), found]);
      assert(isExplained(threads, world, first, found, start), `no order of the calls explains ${seen}`);
      const keys = countKeys(MAP, ownerOf(count));
      assert(keys === Object.keys(found).length, `counted ${keys} keys`);
      assert(atomicLoad(MAP + MAP_COUNT) === keys, 'the count was not mended');
    },
    names: names(blockNames(count)),
    slow,
    random,
  });
}

function blockNames(threads: number): Block[] {
  const node = {
    [NODE_NEXT]: 'next',
    [NODE_ORDER]: 'order',
    [BLOCK_LIMBO]: 'limbo',
    [NODE_VALUE]: 'value',
    [NODE_KEY]: 'key',
  };
  const table = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [TABLE_WORDS + i * 4, `[${i}]`]));
  const map = {
    [MAP_TABLE]: 'table',
    [MAP_COUNT]: 'count',
    [MAP_TICKET]: 'ticket',
    [MAP_COUNTED]: 'counted',
  };
  const list = Object.fromEntries([0, 1, 2].map((i) => [EPOCH_LIMBO - HEADER_EPOCH + 4 * i, `limbo ${i}`]));
  const epoch = {
    0: 'epoch',
    ...list,
    [EPOCH_SWEEPER - HEADER_EPOCH]: 'sweeper',
    [EPOCH_HIGHEST - HEADER_EPOCH]: 'highest',
  };
  const blocks: Block[] = [
    [HEADER_EPOCH, 'epochs', epoch],
    [MAP, 'map', map],
    [TABLE, 'table', table],
    [HEAD, 'head', node],
  ];
  for (let thread = 0; thread <= threads; thread++) {
    blocks.push([PINS_AT + (thread + 1) * PIN_BYTES, `thread ${thread}`, { ...node, 0: 'pin' }]);
    for (let call = 0; call < 5; call++) {
      const at = blocksOf(thread, call);
      const of = `of ${thread}.${call}`;
      blocks.push(
        [at, `node ${of}`, node],
        [at + VALUE, `value ${of}`, { [BLOCK_LIMBO]: 'limbo', [PAYLOAD]: 'payload' }],
      );
      blocks.push([at + DUMMY, `dummy ${of}`, node], [at + NEXT_TABLE, `table ${of}`, table]);
    }
  }
  return blocks;
}

const ROOT = MAP + 16;

/** A list's root: each version is one block here, with a number of changes. */
function root(name: string, threads: Array<Array<'change' | 'read' | 'sweep'>>, deaths = 0): Model {
  const changes = threads.flat().filter((op) => op === 'change').length;
  return model({
    name,
    setup() {
      liveThreads(threads.length);
      for (let thread = 0; thread < threads.length; thread++) join(ownerOf(thread));
      atomicStore(ROOT, HEAD);
    },
    threads: threads.map((ops, thread) => ({
      name: `thread ${thread}`,
      mortal: deaths > 0,
      self: { done: 0, read: 0 },
      calls: ops.map((op, call) => (self: { done: number; read: number }) => {
        const owner = ownerOf(thread);
        if (op === 'sweep') return void sweep(owner);
        entered(owner, () => {
          while (true) {
            const seen = rootOf(ROOT);
            const number = load32(seen + PAYLOAD);
            assert(number >= self.read, 'a version came after a later one');
            self.read = number;
            if (op === 'read') return;
            const next = createValue(blocksOf(thread, call), number + 1);
            if (exchangeRoot(ROOT, seen, next)) break;
          }
          self.done++;
        });
      }),
    })),
    deaths,
    reap: (dead) => atomicStore(recordOf(dead) + THREAD_STATE, THREAD_DEAD),
    finally(world) {
      const made = load32(atomicLoad(ROOT) + PAYLOAD);
      const done = world.self.reduce((sum, { done }) => sum + done, 0);
      assert(
        made >= done && made <= done + world.dead.length && made <= changes,
        `${made} changes for ${done}`,
      );
    },
    names: names(blockNames(threads.length)),
  });
}

export default [
  root('root: two change it', [
    ['change', 'change'],
    ['change', 'read'],
  ]),
  root('root: one changes it and frees, one reads', [
    ['change', 'sweep', 'sweep', 'sweep'],
    ['read', 'read'],
  ]),
  root('root: two change it, one dies, one frees', [['change'], ['change', 'sweep', 'sweep', 'sweep']], 1),
  map({
    name: 'map: one key, set by both',
    threads: [
      [['set', 'a', 5]],
      [
        ['set', 'a', 7],
        ['get', 'a'],
      ],
    ],
  }),
  map({
    name: 'map: one key, added to',
    first: { a: 1 },
    threads: [
      [
        ['add', 'a'],
        ['add', 'a'],
      ],
      [
        ['add', 'a'],
        ['get', 'a'],
      ],
    ],
  }),
  map({
    name: 'map: one key comes and goes',
    first: { a: 1 },
    threads: [
      [
        ['delete', 'a'],
        ['set', 'a', 3],
      ],
      [
        ['add', 'a'],
        ['get', 'a'],
      ],
    ],
  }),
  map({
    name: 'map: removed by both',
    first: { a: 1 },
    threads: [
      [
        ['delete', 'a'],
        ['get', 'a'],
      ],
      [
        ['delete', 'a'],
        ['add', 'a'],
      ],
    ],
  }),
  map({
    name: 'map: one hash, two keys',
    first: { b: 1 },
    threads: [
      [
        ['delete', 'b'],
        ['set', 'c', 3],
      ],
      [
        ['set', 'c', 4],
        ['add', 'b'],
      ],
    ],
  }),
  map({
    name: 'map: neighbours come and go',
    first: { a: 1, b: 2 },
    threads: [
      [
        ['delete', 'a'],
        ['get', 'b'],
      ],
      [
        ['delete', 'b'],
        ['set', 'c', 3],
      ],
    ],
  }),
  map({
    name: 'map: the table grows',
    first: { a: 1 },
    threads: [
      [['grow'], ['get', 'd']],
      [
        ['set', 'd', 3],
        ['add', 'a'],
      ],
    ],
  }),
  map({
    name: 'map: the table grows twice at once',
    threads: [
      [['grow'], ['set', 'd', 3]],
      [['grow'], ['add', 'd']],
    ],
  }),
  map({
    name: 'map: the ways after growing',
    first: { d: 1 },
    threads: [[['grow'], ['set', 'e', 3]], [['add', 'e']]],
  }),
  map({
    name: 'map: freed while read',
    first: { a: 1 },
    threads: [
      [['delete', 'a'], ['sweep'], ['sweep'], ['sweep']],
      [
        ['get', 'a'],
        ['get', 'a'],
      ],
    ],
  }),
  map({
    name: 'map: freed while set',
    first: { a: 1 },
    threads: [
      [['set', 'a', 4], ['sweep'], ['sweep'], ['sweep']],
      [['add', 'a'], ['sweep']],
    ],
  }),
  map({
    name: 'map: a table freed while used',
    first: { a: 1 },
    threads: [[['grow'], ['sweep'], ['sweep'], ['sweep']], [['set', 'd', 3]]],
  }),
  map({
    name: 'map: a death while setting',
    threads: [
      [['set', 'a', 5]],
      [
        ['set', 'a', 7],
        ['get', 'a'],
      ],
    ],
    deaths: 1,
  }),
  map({
    name: 'map: a death while removing',
    first: { a: 1 },
    threads: [
      [['delete', 'a']],
      [
        ['add', 'a'],
        ['get', 'a'],
      ],
    ],
    deaths: 1,
  }),
  map({
    name: 'map: a death while growing',
    first: { a: 1 },
    threads: [
      [['grow']],
      [
        ['set', 'd', 3],
        ['delete', 'a'],
      ],
    ],
    deaths: 1,
  }),
  map({
    name: 'map: a death while freeing',
    first: { a: 1 },
    threads: [
      [['delete', 'a'], ['sweep'], ['sweep']],
      [['set', 'a', 2], ['sweep'], ['sweep'], ['sweep']],
    ],
    deaths: 1,
    slow: true,
  }),
  map({
    name: 'map: four threads',
    first: { a: 1, b: 2 },
    threads: [
      [
        ['delete', 'a'],
        ['set', 'd', 3],
        ['add', 'b'],
      ],
      [
        ['add', 'a'],
        ['delete', 'b'],
        ['get', 'd'],
      ],
      [['grow'], ['set', 'c', 9], ['sweep'], ['sweep']],
      [['add', 'b'], ['sweep'], ['delete', 'c'], ['sweep']],
    ],
    deaths: 1,
    random: true,
  }),
  map({
    name: 'map: three threads, the table grows',
    first: { a: 1 },
    threads: [[['grow']], [['set', 'd', 3]], [['add', 'd']]],
    slow: true,
  }),
  map({
    name: 'map: two deaths',
    first: { a: 1 },
    threads: [
      [
        ['delete', 'a'],
        ['set', 'd', 2],
      ],
      [
        ['add', 'a'],
        ['add', 'd'],
      ],
    ],
    deaths: 2,
    slow: true,
  }),
];
