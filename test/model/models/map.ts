// The map of Manager.dict, as src/manager/_map.ts runs it, and the root of its lists: what each thread saw is what some
// order of the calls would have shown in which none comes before one that had ended when it began, nothing is freed that
// another thread reads or frees, and a death loses nothing but what the dead was about to do. models/map-history.ts has
// histories of three threads.

import { atomicLoad, atomicStore, load32 } from '../../../assembly/atomics/index';
import { THREAD_DEAD, THREAD_STATE } from '../../../assembly/heap/threads';
import { join } from '../../../assembly/map/epoch';
import { exchangeRoot, rootOf } from '../../../assembly/map/root';
import { assert, type Model, model } from '../explorer/model';
import { blockNames, blocksOf, createValue, entered, HEAD, MAP, map, ownerOf, PAYLOAD, sweep } from './_map';
import { names } from './_names';
import { liveThreads, recordOf } from './_sync';

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

// Small ones first: they find most mutants.
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
    name: 'map: the table grows twice at once',
    threads: [
      [['grow'], ['set', 'd', 3]],
      [['grow'], ['add', 'd']],
    ],
  }),
  map({
    name: 'map: a death while freeing',
    first: { a: 1 },
    threads: [
      [['delete', 'a'], ['sweep'], ['sweep']],
      [['set', 'a', 2], ['sweep'], ['sweep']],
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
    name: 'map: two deaths',
    first: { a: 1 },
    threads: [
      [
        ['delete', 'a'],
        ['set', 'd', 2],
      ],
      [['add', 'd']],
    ],
    deaths: 2,
    slow: true,
  }),
];
