// What the models of the map share: its operations as src/manager/_map.ts does them on the portable functions, with blocks
// of each call's own in the place of the allocator, and the history of what they answer. A block that is freed is
// overwritten, so whoever still reads it is a race.

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
import { peek, poke } from '../explorer/atomics';
import { History } from '../explorer/history';
import { assert, type Call, type Model, model } from '../explorer/model';
import { dict } from '../explorer/specs';
import { type Block, names } from './_names';
import { liveThreads, recordOf } from './_sync';

export const MAP = 0x600000;
const TABLE = 0x601000;
export const HEAD = 0x602000;
/** Each call has its own blocks: a node, a value, a dummy, a table. */
const BLOCKS = 0x610000;
const CALL_BYTES = 0x1000;
const VALUE = 0x100;
const DUMMY = 0x200;
const NEXT_TABLE = 0x300;
export const PAYLOAD = 20;
/** The model's own: which blocks were freed. */
const FREED = 0x3000000;

/**
 * Keys: their order and what else tells them apart. Two stand in one bucket, two have one hash, two their own buckets,
 * and one moves to another bucket when the table grows.
 */
const KEYS = {
  a: [0x10000001, 1],
  b: [0x18000001, 2],
  c: [0x18000001, 3],
  d: [0x90000001, 4],
  e: [0x50000001, 5],
  f: [0x30000001, 6],
} as const;
type Key = keyof typeof KEYS;

type Op = ['set', Key, number] | ['get' | 'delete' | 'add', Key] | ['grow'] | ['sweep'];
export const ownerOf = (index: number): number => (1 << 10) + index + 1;
export const blocksOf = (thread: number, call: number): number => BLOCKS + (thread * 8 + call) * CALL_BYTES;

export function entered<T>(owner: number, body: () => T): T {
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

export function createValue(at: number, value: number): number {
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

function perform(op: Op, owner: number, blocks: number): number | boolean {
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
      const word = createValue(blocks + VALUE, op[0] === 'set' ? op[2] : value + 1);
      if (seen === GONE) node = insert(probe, word, blocks);
      else if (exchange(node, seen, word)) {
        retire(seen);
        node = 0;
      }
      if (node === 0) return op[0] === 'set' ? true : value;
    }
  });
}

export function sweep(owner: number): boolean {
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

function contentsNow(): Contents {
  const found: Contents = {};
  for (let node = nextNode(headOf(MAP)); node !== 0; node = nextNode(node)) {
    const [key] = Object.entries(KEYS).find(([, [, word]]) => word === load32(node + NODE_KEY_BYTES))!;
    assert(!(key in found), `the key ${key} is there twice`);
    found[key as Key] = load32(atomicLoad(node + NODE_VALUE) + PAYLOAD);
  }
  return Object.fromEntries(Object.entries(found).sort());
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

export function map({ name, first = {}, threads, deaths = 0, slow, random }: Shape): Model {
  const count = threads.length;
  const log = new History(dict(first));
  const calls = (ops: Op[], thread: number): Call[] =>
    ops.map((op, call) => () => {
      const act = () => perform(op, ownerOf(thread), blocksOf(thread, call));
      if (op[0] === 'grow' || op[0] === 'sweep') act();
      else log.record(`thread ${thread}`, op, act);
    });
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
      calls: calls(ops, thread),
    })),
    deaths,
    reap(dead) {
      atomicStore(recordOf(dead) + THREAD_STATE, THREAD_DEAD);
      atomicAdd(HEADER_DEATHS, 1);
    },
    finally() {
      const found = contentsNow();
      const states = log.states().map((state) => JSON.stringify(state));
      assert(
        states.includes(JSON.stringify(found)),
        `${JSON.stringify(found)} is left instead of ${states.join(' or ')}`,
      );
      const keys = countKeys(MAP, ownerOf(count));
      assert(keys === Object.keys(found).length, `counted ${keys} keys`);
      assert(atomicLoad(MAP + MAP_COUNT) === keys, 'the count was not mended');
    },
    names: names(blockNames(count)),
    slow,
    random,
  });
}

export function blockNames(threads: number): Block[] {
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
