// Seeded faults of the map that only its histories show: what was set or removed before a thread looked, it sees too late.

import type { Mutants } from '../explorer/suite';

export default {
  file: 'assembly/map/map.ts',
  mutants: [
    {
      breaks: 'a search ends at a node that leaves',
      find: `if ((next & LEAVING) !== 0) {
        const seen`,
      replace: `if ((next & LEAVING) !== 0) {
        if (!insert) return 0;
        const seen`,
    },
    {
      breaks: 'a search ends at another key with the same hash',
      find: 'link = node + NODE_NEXT;\n        word = next;\n        continue;',
      replace: 'if (standing === order && !insert) return 0; link = node + NODE_NEXT; word = next; continue;',
    },
    {
      breaks: 'keys in the second half of a bucket are missed once the table has grown',
      find: 'store32(next + TABLE_WORDS + (index << 3), atomicLoad(table + TABLE_WORDS + (index << 2)));',
      replace: `store32(next + TABLE_WORDS + (index << 3), atomicLoad(table + TABLE_WORDS + (index << 2)));
        if (index + 1 < buckets) store32(next + TABLE_WORDS + (index << 3) + 4, atomicLoad(table + TABLE_WORDS + ((index + 1) << 2)));`,
    },
  ],
} satisfies Mutants;
