// Seeded faults of the condition; each must be caught by a model of models/condition.ts.
//
// Not among them, because nothing breaks: a late node that is forgotten (a hint only).

import type { Mutants } from '../explorer/suite';

export default {
  file: 'assembly/sync/condition.ts',
  mutants: [
    {
      breaks: 'a notification is not noted in the node',
      find: '      atomicStore(node, NODE_NOTIFIED);\n',
      replace: '',
    },
    {
      breaks: 'who was notified is notified again',
      find: 'if (atomicLoad(node) === NODE_WAITING && isOwnerAlive(load32(node + NODE_OWNER))) {',
      replace: 'if (isOwnerAlive(load32(node + NODE_OWNER))) {',
    },
    {
      breaks: 'the dead are notified',
      find: 'if (atomicLoad(node) === NODE_WAITING && isOwnerAlive(load32(node + NODE_OWNER))) {',
      replace: 'if (atomicLoad(node) === NODE_WAITING) {',
    },
    {
      breaks: 'only the first waiter is looked at',
      find: '    node = load32(node + NODE_NEXT);\n  }\n  return 0;',
      replace: '    break;\n  }\n  return 0;',
    },
    {
      breaks: 'the second waiter takes the place of the first',
      find: 'store32(last + NODE_NEXT, node as u32);',
      replace: 'store32(p + CONDITION_FIRST, node as u32);',
    },
    {
      breaks: 'a node that leaves takes those behind it along',
      find: 'store32(link, load32(node + NODE_NEXT));',
      replace: 'store32(link, 0);',
    },
    {
      breaks: 'a late node that has left is built upon',
      find: '      store32(p + CONDITION_LATE, 0);\n',
      replace: '',
    },
    {
      breaks: 'the living are cleared away',
      find: 'if (isOwnerAlive(load32(node + NODE_OWNER))) continue;',
      replace: '',
    },
    {
      breaks: 'a death is not looked at',
      find: 'return atomicLoad(HEADER_DEATHS) !== deaths ? LOOK : NODE_WAITING;',
      replace: 'return NODE_WAITING;',
    },
    {
      breaks: 'a node still bears its last notification',
      find: '  atomicStore(node, NODE_WAITING);\n',
      replace: '',
    },
  ],
} satisfies Mutants;
