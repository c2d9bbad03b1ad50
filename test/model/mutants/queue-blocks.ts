// Seeded faults in what becomes of a message's block; each must be caught by a model of models/queue-blocks.ts. Those of
// notes and of the words that name blocks are with the allocator's.

import type { Mutants } from '../explorer/suite';

const CHANNEL = 'assembly/queue/channel.ts';
const SPARES = 'assembly/queue/spares.ts';
const MAKING = 'assembly/heap/making.ts';

export default {
  file: 'assembly/queue/messages.ts',
  mutants: [
    {
      breaks: 'a slot does not forget the block that it gives back',
      file: MAKING,
      find: 'atomicStore(place, next as u32);',
      replace: '',
    },
    {
      breaks: 'a block is given back before its slot forgets it',
      file: MAKING,
      find: `  atomicStore(place, next as u32);
  countBlocks(kind, 0xffffffff, ~bytes + 1);
  atomicStore(note + NOTE_MAKING_KIND, kind);
  const outcome = freeTold(block, me, note + NOTE_MAKING);`,
      replace: `  const outcome = freeTold(block, me, note + NOTE_MAKING);
  countBlocks(kind, 0xffffffff, ~bytes + 1);
  atomicStore(place, next as u32);`,
    },
    {
      breaks: 'blocks are not given back',
      find: 'freeFrom(slot + SLOT_BLOCK, 0, bytes !== 0 ? bytes : load32(slot + SLOT_LENGTH), COUNTED_QUEUE, me);',
      replace: '',
    },
    {
      breaks: 'the bytes are looked for in the slot',
      find: 'load32(slot + SLOT_LENGTH) > INLINE_BYTES ? atomicLoad(slot + SLOT_BLOCK) : slot + SLOT_INLINE;',
      replace: 'slot + SLOT_INLINE;',
    },
    {
      breaks: 'a message goes into a spare that is too small for it',
      find: 'spareBytes(slot) >= bytes && ',
      replace: '',
    },
    {
      breaks: 'a spare is taken and stays one',
      file: SPARES,
      find: '  setSpareBytes(slot, bytes);\n  atomicStore(at, 0);\n  return true;',
      replace: '  setSpareBytes(slot, bytes);\n  atomicStore(at, spare);\n  return true;',
    },
    {
      breaks: 'a block that becomes a spare stays the slot’s',
      file: SPARES,
      find: '  atomicStore(slot + SLOT_BLOCK, 0);\n  return true;',
      replace: '  return true;',
    },
    {
      breaks: 'a block becomes a spare without a mark',
      file: SPARES,
      find: 'if (atomicLoad(at) !== 0 || atomicCompareExchange(at, 0, (slot | MARK) >>> 0) !== 0) return false;',
      replace: 'if (atomicLoad(at) !== 0) return false;',
    },
    {
      breaks: 'a spare is taken without a mark',
      file: SPARES,
      find: 'if (atomicCompareExchange(at, spare, (slot | MARK) >>> 0) !== spare) {',
      replace: 'if (atomicCompareExchange(at, spare, 0) !== spare) {',
    },
    {
      breaks: 'a slot that gives its block away does not say so',
      file: SPARES,
      find: '  store32(slot + SLOT_FORMAT, (bytes << BYTES_SHIFT) | MOVING);\n  atomicStore(at,',
      replace: '  atomicStore(at,',
    },
    {
      breaks: 'a slot that takes a spare does not say so',
      file: SPARES,
      find: '  store32(slot + SLOT_FORMAT, (bytes << BYTES_SHIFT) | MOVING);\n  atomicStore(slot',
      replace: '  setSpareBytes(slot, bytes);\n  atomicStore(slot',
    },
    {
      breaks: 'nobody finds out what a dead thread was moving',
      file: CHANNEL,
      find: '  settleSpare(queue, slot);\n',
      replace: '',
    },
    {
      breaks: 'an item whose block is gone can be taken again',
      file: CHANNEL,
      find: 'beginSweep(slot, owner);',
      replace: '',
    },
    {
      breaks: 'a slot is free before its block was given back',
      file: CHANNEL,
      find: 'if (atomicLoad(slot + SLOT_BLOCK) !== 0) {\n    beginSweep(slot, owner);\n    passBlockOn(queue, slot, me);\n  }\n  finishTake(slot);',
      replace: 'finishTake(slot);\n  passBlockOn(queue, slot, me);',
    },
    {
      breaks: 'what a dead producer had allocated stays',
      file: CHANNEL,
      find: 'export function freeRemains(queue: usize, slot: usize, me: usize): void {\n  settleSpare(queue, slot);\n  forgetNext(slot);\n  freeBlock(slot, me);',
      replace:
        'export function freeRemains(queue: usize, slot: usize, me: usize): void {\n  settleSpare(queue, slot);\n  forgetNext(slot);',
    },
    {
      breaks: 'a block that nobody names is not taken back with the dead',
      file: MAKING,
      find: 'if (atomicLoad(place) !== (making as u32)) freeMaking(making, note, me);',
      replace: '',
    },
    {
      breaks: 'a ring that a dead thread had made stays the next one',
      file: 'assembly/queue/ring.ts',
      find: 'if (kindOf(atomicLoad(slot)) === GROWING) atomicStore((load32(slot + SLOT_RING) as usize) + RING_NEXT, 0);',
      replace: '',
    },
    {
      breaks: 'a refused item is passed over',
      file: 'assembly/queue/ring.ts',
      find: 'export function returnItem(slot: usize): void {\n  atomicStore(slot, lapWord(READY, claimedLap(slot)));',
      replace: 'export function returnItem(slot: usize): void {\n  finishTake(slot);',
    },
  ],
} satisfies Mutants;
