// Seeded faults of the ring, of its slots and of the eventcounts; each must be caught by a model of models/queue.ts.
//
// Not among them, because nothing breaks: hints that nobody moves on (they are found again by walking).

import type { Mutants } from '../explorer/suite';

const SLOTS = 'assembly/queue/slots.ts';
const SLEEP = 'assembly/queue/sleep.ts';

export default {
  file: 'assembly/queue/ring.ts',
  mutants: [
    {
      breaks: 'a slot is claimed without a compare-and-swap',
      find: 'if (atomicCompareExchange(slot, word, ownedWord(grow ? GROWING : CLAIMED, lap, me)) !== word) continue;',
      replace: 'atomicStore(slot, ownedWord(grow ? GROWING : CLAIMED, lap, me));',
    },
    {
      breaks: 'an item is taken without a compare-and-swap',
      find: 'if (atomicCompareExchange(slot, word, ownedWord(TAKING, lap, me)) === word) return slot;',
      replace: 'atomicStore(slot, ownedWord(TAKING, lap, me)); return slot;',
    },
    {
      breaks: 'the bound is not looked at',
      find: 'if (bound !== 0) {',
      replace: 'if (bound === 99) {',
    },
    {
      breaks: 'a queue without bound does not grow',
      find: 'const grow = bound === 0 &&',
      replace: 'const grow = bound === 99 &&',
    },
    {
      breaks: 'the ring grows one slot too late',
      find: 'const next: u32 = (tail + 1) >>> 0;',
      replace: 'const next: u32 = tail;',
    },
    {
      breaks: 'a slot that was read stays in its lap',
      find: 'lapWord(FREE, ((position + (1 << shift)) >>> 0) >>> shift)',
      replace: 'lapWord(FREE, position >>> shift)',
    },
    {
      breaks: 'a consumer finds the end before the queue is closed',
      find: 'if (atomicLoad(queue + QUEUE_CLOSED) === 0) return EMPTY;',
      replace: '',
    },
    {
      breaks: 'a consumer of a closed queue seals nothing',
      find: '        atomicCompareExchange(slot, word, lapWord(SEALED, lap));\n        continue;',
      replace: '        return CLOSED;',
    },
    {
      breaks: 'what a dead producer left is waited for',
      find: 'if (isClaimantAlive(word)) {\n        if (kind === CLAIMED) return BUSY;',
      replace: 'if (kind === CLAIMED || isClaimantAlive(word)) {\n        if (kind === CLAIMED) return BUSY;',
    },
    {
      breaks: 'what a dead consumer was taking is passed over',
      find: 'if (kind === TAKING) return slot;',
      replace: '',
    },
    {
      breaks: 'a consumer walks on past an item that is being written',
      find: 'if (kind === CLAIMED) return BUSY; // what stands behind it came later',
      replace: '',
    },
    {
      breaks: 'the head is moved past an item that another takes',
      find: '        shared = true;\n        position = (position + 1) >>> 0;',
      replace: '        position = (position + 1) >>> 0;\n        raise(ring + RING_HEAD, position - 1);',
    },
    {
      breaks: 'the end is told while others still take',
      find: 'if (kind === SEALED) return shared ? BUSY : CLOSED;',
      replace: 'if (kind === SEALED) return CLOSED;',
    },
    {
      breaks: 'a lap is taken for the one before',
      file: SLOTS,
      find: 'return ((word >>> LAP_SHIFT) - lap) & LAP_LOW_MASK;',
      replace: 'return ((word >>> LAP_SHIFT) - lap) & 1;',
    },
    {
      breaks: 'a sleeper does not announce itself',
      file: SLEEP,
      find: 'if (atomicCompareExchange(word, seen, seen | 1) === seen) return (seen | 1) >>> 0;',
      replace: 'return seen;',
    },
    {
      breaks: 'who has something looks at no sleepers',
      file: SLEEP,
      find: 'return (seen & 1) !== 0 &&',
      replace: 'return (seen & 1) === 2 &&',
    },
    {
      breaks: 'a wake-up is not counted',
      file: SLEEP,
      find: 'atomicCompareExchange(word, seen, (seen + 1) >>> 0) === seen;',
      replace: 'atomicCompareExchange(word, seen, seen) === seen;',
    },
  ],
} satisfies Mutants;
