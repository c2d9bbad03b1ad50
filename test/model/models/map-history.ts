// Histories of three threads on the map of Manager.dict: keys that others have set, or removed, are seen so by all who
// look later, whatever else is on its way, the table's growth and deaths included. models/map.ts has the reclamation of
// blocks, and pairs of threads in more detail.

import { map } from './_map';

export default [
  map({
    name: 'history: read by two while it is set',
    first: { a: 1 },
    threads: [
      [['set', 'a', 2]],
      [
        ['get', 'a'],
        ['get', 'a'],
      ],
      [
        ['get', 'a'],
        ['get', 'a'],
      ],
    ],
  }),
  map({
    name: 'history: comes while the table grows',
    first: { a: 1 },
    threads: [
      [['grow'], ['get', 'd']],
      [
        ['set', 'd', 3],
        ['get', 'a'],
      ],
      [['get', 'd']],
    ],
  }),
  map({
    name: 'history: read while its bucket splits',
    first: { e: 1, f: 2 },
    threads: [[['grow']], [['get', 'f']], [['add', 'f']]],
  }),
  map({
    name: 'history: two keys with one hash',
    first: { b: 1 },
    threads: [[['set', 'c', 3]], [['get', 'c']], [['delete', 'b']]],
  }),
  map({
    name: 'history: looked for behind one that leaves',
    first: { a: 1, b: 2 },
    threads: [[['delete', 'a']], [['get', 'b']], [['add', 'b']]],
  }),
  map({
    name: 'history: three add',
    first: { a: 1 },
    threads: [[['add', 'a']], [['add', 'a']], [['add', 'a']]],
    slow: true,
  }),
  map({
    name: 'history: removed and set anew, one reads',
    first: { b: 1 },
    threads: [[['delete', 'b']], [['set', 'b', 3]], [['get', 'b']]],
    slow: true,
  }),
  map({
    name: 'history: one that sets it dies',
    threads: [
      [['set', 'a', 5]],
      [
        ['get', 'a'],
        ['get', 'a'],
      ],
      [['add', 'a']],
    ],
    deaths: 1,
  }),
  map({
    name: 'history: one dies while it grows',
    first: { a: 1, d: 2 },
    threads: [
      [['grow']],
      [['get', 'd']],
      [
        ['delete', 'd'],
        ['get', 'a'],
      ],
    ],
    deaths: 1,
  }),
];
