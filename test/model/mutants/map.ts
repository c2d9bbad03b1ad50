// Seeded faults of the map, of its lists' root and of epochs; each must be caught by a model of models/map.ts.
//
// Not among them, because nothing breaks: a way that is not stored in the table (the next one finds its dummy in the
// list), a table that forgets the old one's ways (but for the first), a node that nobody takes out (the next search
// for its key does), a dummy that stands further left than its bucket begins.
// Not caught at these sizes: a pin that is not looked at again after it was announced needs a thread that sleeps through
// four epochs; retiring without a compare-and-swap only loses memory, which no model counts.

import type { Mutants } from '../explorer/suite';

const EPOCH = 'assembly/map/epoch.ts';
const ROOT = 'assembly/map/root.ts';

export default {
  file: 'assembly/map/map.ts',
  mutants: [
    {
      breaks: 'a node is put in without a compare-and-swap',
      find: 'const seen = atomicCompareExchange(link, word, probe as u32);\n    if (seen === word) return 0;',
      replace: 'const seen = word; atomicStore(link, probe as u32); return 0;',
    },
    {
      breaks: 'a node is taken out without a compare-and-swap',
      find: `const seen = atomicCompareExchange(link, word, next ^ LEAVING);
        if (seen === word) retire(node);`,
      replace: 'atomicStore(link, next ^ LEAVING); const seen = word; retire(node);',
    },
    {
      breaks: 'a node is retired by all who see it leaving',
      find: `const seen = atomicCompareExchange(link, word, next ^ LEAVING);
        if (seen === word) retire(node);`,
      replace: 'const seen = atomicCompareExchange(link, word, next ^ LEAVING); retire(node);',
    },
    {
      breaks: 'a node is taken out with its mark handed on',
      find: `const seen = atomicCompareExchange(link, word, next ^ LEAVING);
        if (seen === word) retire(node);`,
      replace: 'const seen = atomicCompareExchange(link, word, next); if (seen === word) retire(node);',
    },
    {
      breaks: 'nodes are put in behind a node that is leaving',
      find: `if ((word & LEAVING) !== 0) {
      link = from + NODE_NEXT; // the node before is leaving
      word = atomicLoad(link);
      continue;
    }`,
      replace: 'word = (word & ~LEAVING) >>> 0;',
    },
    {
      breaks: 'a removed key is found',
      find: 'if (atomicLoad(node + NODE_VALUE) !== GONE) return node;',
      replace: 'return node;',
    },
    {
      breaks: 'keys with one hash are taken for one',
      find: 'if (isSameKey(node, probe)) {',
      replace: 'if (true) {',
    },
    {
      breaks: 'a key is put in before those with its hash are looked at',
      find: 'if (standing <= order) {',
      replace: 'if (standing < order) {',
    },
    {
      breaks: 'a node is not marked before it is taken out',
      find: `  if (atomicCompareExchange(node + NODE_VALUE, seen, GONE) !== seen) return false;
  leave(node);`,
      replace: `  if (atomicCompareExchange(node + NODE_VALUE, seen, GONE) !== seen) return false;
  const after = atomicLoad(node + NODE_NEXT); atomicStore(node + NODE_NEXT, after | LEAVING);`,
    },
    {
      breaks: 'a value is exchanged without a compare-and-swap',
      find: 'return atomicCompareExchange(node + NODE_VALUE, seen, value) === seen;',
      replace: 'atomicStore(node + NODE_VALUE, value); return true;',
    },
    {
      breaks: 'a key is removed without a compare-and-swap',
      find: 'if (atomicCompareExchange(node + NODE_VALUE, seen, GONE) !== seen) return false;',
      replace: 'atomicStore(node + NODE_VALUE, GONE);',
    },
    {
      breaks: 'a removed key stays counted',
      find: 'atomicAdd(map + MAP_COUNT, 0xffffffff);',
      replace: '',
    },
    {
      breaks: 'a table is replaced without a compare-and-swap',
      find: 'if (atomicCompareExchange(map + MAP_TABLE, table as u32, next as u32) !== table) return false;',
      replace: 'atomicStore(map + MAP_TABLE, next as u32);',
    },
    {
      breaks: 'the ways of the old table go to wrong buckets',
      find: 'store32(next + TABLE_WORDS + (index << 3), atomicLoad(table + TABLE_WORDS + (index << 2)));',
      replace: 'store32(next + TABLE_WORDS + (index << 2), atomicLoad(table + TABLE_WORDS + (index << 2)));',
    },
    {
      breaks: 'keys are not counted anew after a death',
      find: 'if (atomicLoad(map + MAP_COUNTED) === deaths) return atomicLoad(map + MAP_COUNT);',
      replace: 'return atomicLoad(map + MAP_COUNT);',
    },
    {
      file: EPOCH,
      breaks: 'who reads announces nothing',
      find: 'atomicStore(at, pinWord(owner, epoch));',
      replace: '',
    },
    {
      file: EPOCH,
      breaks: 'an epoch ends while a thread still reads in the one before',
      find: 'if (word !== 0 && ((word >>> 1) & 3) !== (epoch & 3)) current = false;',
      replace: '',
    },
    {
      file: EPOCH,
      breaks: 'blocks are freed one epoch too early',
      find: 'limboOf(atomicLoad(HEADER_EPOCH) + 1)',
      replace: 'limboOf(atomicLoad(HEADER_EPOCH) + 2)',
    },
    {
      file: EPOCH,
      breaks: 'two threads free at once',
      find: 'if (sweeper !== 0 && isThreadAlive(sweeper)) return false;',
      replace: '',
    },
    {
      file: EPOCH,
      breaks: 'a block is freed and stays in the list',
      find: 'if (block !== 0) atomicStore(list, load32(block + BLOCK_LIMBO));',
      replace: '',
    },
    {
      file: ROOT,
      breaks: 'a root is exchanged without a compare-and-swap',
      find: 'if (atomicCompareExchange(root, seen as u32, next as u32) !== seen) return false;',
      replace: 'atomicCompareExchange(root, atomicLoad(root) as u32, next as u32);',
    },
    {
      file: ROOT,
      breaks: 'the version that lost is retired',
      find: 'if (atomicCompareExchange(root, seen as u32, next as u32) !== seen) return false;\n  retire(seen);',
      replace:
        'const won = atomicCompareExchange(root, seen as u32, next as u32) === seen; retire(seen); if (!won) return false;',
    },
  ],
} satisfies Mutants;
