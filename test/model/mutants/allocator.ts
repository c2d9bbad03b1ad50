// Seeded faults of spans and slabs; each must be caught by a model of models/allocator.ts.

import type { Mutants } from '../explorer/suite';

const SPANS = 'assembly/heap/spans.ts';
const ALLOCATOR = 'assembly/heap/allocator.ts';
const MAKING = 'assembly/heap/making.ts';

export default {
  file: 'assembly/heap/slabs.ts',
  mutants: [
    {
      breaks: 'a full slab is not looked at again',
      find: 'const late = isFullyTaken(slab, sizeClass);',
      replace: 'const late = true;',
    },
    {
      breaks: 'a full slab is looked at before it is marked',
      find: `      atomicStore(entry, full);
      // Look again: a block freed before the store found the slab ACTIVE and told nobody.
      const late = isFullyTaken(slab, sizeClass);`,
      replace: `      const late = isFullyTaken(slab, sizeClass);
      atomicStore(entry, full);`,
    },
    {
      breaks: 'a full slab that has blocks again is taken back without a compare-and-swap',
      find: 'if (!late && atomicCompareExchange(entry, full, active) === full) continue;',
      replace: 'if (!late) { atomicStore(entry, active); continue; }',
    },
    { breaks: "a slab that was left stays the thread's home", find: '      store32(home, 0);', replace: '' },
    {
      breaks: 'a block is freed without looking whether it was taken',
      find: '  if ((before & mask) === 0) return false;',
      replace: '',
    },
    {
      breaks: 'a block is freed in two steps',
      find: '  const before = atomicAnd(at, ~mask >>> 0);',
      replace: '  const before = atomicLoad(at);\n  atomicStore(at, (before & ~mask) >>> 0);',
    },
    {
      breaks: 'a block is taken in two steps',
      find: '      atomicOr(at, (1 << bit) >>> 0);',
      replace: '      atomicStore(at, (~free | (1 << bit)) >>> 0);',
    },
    {
      breaks: 'a freer makes a slab idle without a hint',
      find: `      setHint(sizeClass, span);
      state = idle;`,
      replace: '      state = idle;',
    },
    {
      breaks: 'a freer makes a slab idle without a compare-and-swap',
      find: 'if (atomicCompareExchange(entry, state, idle) === state) {',
      replace: 'if ((atomicStore(entry, idle), true)) {',
    },
    {
      breaks: 'an idle slab is adopted without a compare-and-swap',
      find: 'if (atomicCompareExchange(spanEntry(span), idle, active) === idle) return (span << SPAN_SHIFT) >>> 0;',
      replace:
        'if (atomicLoad(spanEntry(span)) === idle) { atomicStore(spanEntry(span), active); return (span << SPAN_SHIFT) >>> 0; }',
    },
    {
      breaks: 'an idle slab is given back without a second look',
      find: '  if (isEmpty((span << SPAN_SHIFT) >>> 0, sizeClass)) {',
      replace: '  if (true) {',
    },
    {
      breaks: 'an idle slab is given back without a compare-and-swap',
      find: 'if (atomicCompareExchange(entry, idle, spanState(SPAN_SLAB_LEAVING, sizeClass, threadSlot(me))) !== idle) return;',
      replace: 'atomicStore(entry, spanState(SPAN_SLAB_LEAVING, sizeClass, threadSlot(me)));',
    },
    {
      breaks: 'a slab that leaves is claimed at once',
      find: 'if (atomicCompareExchange(entry, idle, spanState(SPAN_SLAB_LEAVING, sizeClass, threadSlot(me))) !== idle) return;',
      replace:
        'if (atomicCompareExchange(entry, idle, spanState(SPAN_CLAIMED, 0, threadSlot(me))) !== idle) return;',
    },
    {
      breaks: 'a slab that does not leave after all is not idle again',
      find: `    atomicStore(entry, idle);
    setHint(sizeClass, span);
  }`,
      replace: '  }',
    },
    {
      breaks: 'the reaper leaves full slabs alone',
      find: 'kind === SPAN_SLAB_FULL ? isFullyTaken(slab, sizeClass) : spanSlot(state) !== slot',
      replace: 'kind === SPAN_SLAB_FULL || spanSlot(state) !== slot',
    },
    {
      breaks: 'the reaper takes the slabs of the living',
      find: 'isFullyTaken(slab, sizeClass) : spanSlot(state) !== slot',
      replace: 'isFullyTaken(slab, sizeClass) : false',
    },
    {
      breaks: 'the reaper sets no hints',
      find: `    setHint(sizeClass, span);
    if (isEmpty(slab, sizeClass)) giveBackSlab(span, sizeClass, me);`,
      replace: '    if (isEmpty(slab, sizeClass)) giveBackSlab(span, sizeClass, me);',
    },
    {
      breaks: 'a span is claimed without a compare-and-swap',
      file: SPANS,
      find: 'if (atomicCompareExchange(spanEntry(first + i), SPAN_FREE, mine) !== SPAN_FREE) {',
      replace:
        'if (atomicLoad(spanEntry(first + i)) === SPAN_FREE) atomicStore(spanEntry(first + i), mine);\n    else {',
    },
    {
      breaks: 'a claim that fails keeps what it has',
      file: SPANS,
      find: 'for (let k: u32 = 0; k < i; k++) atomicStore(spanEntry(first + k), SPAN_FREE);',
      replace: '',
    },
    {
      breaks: "a claim that fails gives the other's span back",
      file: SPANS,
      find: 'for (let k: u32 = 0; k < i; k++)',
      replace: 'for (let k: u32 = 0; k <= i; k++)',
    },
    {
      breaks: 'the head is published before its followers',
      file: SPANS,
      find: `  for (let i: u32 = 1; i < count; i++) atomicStore(spanEntry(first + i), spanState(SPAN_FOLLOWS, 0, 0));
  atomicStore(spanEntry(first), state);`,
      replace: `  atomicStore(spanEntry(first), state);
  for (let i: u32 = 1; i < count; i++) atomicStore(spanEntry(first + i), spanState(SPAN_FOLLOWS, 0, 0));`,
    },
    {
      breaks: 'the head is given back before its followers',
      file: SPANS,
      find: `  for (let i: u32 = 1; i < count; i++) atomicStore(spanEntry(first + i), SPAN_FREE);
  atomicStore(spanEntry(first), SPAN_FREE);`,
      replace: `  atomicStore(spanEntry(first), SPAN_FREE);
  for (let i: u32 = 1; i < count; i++) atomicStore(spanEntry(first + i), SPAN_FREE);`,
    },
    {
      breaks: 'the last follower is not given back',
      file: SPANS,
      find: 'for (let i: u32 = 1; i < count; i++) atomicStore(spanEntry(first + i), SPAN_FREE);',
      replace: 'for (let i: u32 = 1; i + 1 < count; i++) atomicStore(spanEntry(first + i), SPAN_FREE);',
    },
    {
      breaks: 'the reaper forgets claimed spans',
      file: SPANS,
      find: '    if (atomicLoad(spanEntry(span)) !== dead) continue;',
      replace: '    if (atomicLoad(spanEntry(span)) !== dead || span > 0) continue;',
    },
    {
      breaks: 'the reaper forgets followers',
      file: SPANS,
      find: '    if (atomicLoad(spanEntry(spanExtra(span))) !== dead) continue;',
      replace: '    continue;',
    },
    {
      breaks: 'a large block is freed without a compare-and-swap',
      file: ALLOCATOR,
      find: 'if (atomicCompareExchange(entry, state, mine) !== state) return FREE_TWICE;',
      replace: 'atomicCompareExchange(entry, atomicLoad(entry), mine);',
    },
    {
      breaks: 'a block is taken before it is told',
      find: `      if (tell !== 0) atomicStore(tell, block as u32);
      atomicOr(at, (1 << bit) >>> 0);`,
      replace: `      atomicOr(at, (1 << bit) >>> 0);
      if (tell !== 0) atomicStore(tell, block as u32);`,
    },
    {
      breaks: 'a large block is taken before it is told',
      file: ALLOCATOR,
      find: `    if (tell !== 0) atomicStore(tell, block as u32);
    publishSpans(first, count, spanState(SPAN_LARGE, 0, 0));`,
      replace: `    publishSpans(first, count, spanState(SPAN_LARGE, 0, 0));
    if (tell !== 0) atomicStore(tell, block as u32);`,
    },
    {
      breaks: 'a block is freed before its note says so',
      find: `  if (tell !== 0) atomicStore(tell, 0);
  const before = atomicAnd(at, ~mask >>> 0);`,
      replace: `  const before = atomicAnd(at, ~mask >>> 0);
  if (tell !== 0) atomicStore(tell, 0);`,
    },
    {
      breaks: 'a large block is free before its note says so',
      file: ALLOCATOR,
      find: `    if (tell !== 0) atomicStore(tell, 0); // from here on the spans are found by whoever looks after the dead
    releaseSpans(head);`,
      replace: `    releaseSpans(head);
    if (tell !== 0) atomicStore(tell, 0);`,
    },
    {
      breaks: 'a word forgets its block after that is free',
      file: MAKING,
      find: `  atomicStore(place, next as u32);
  countBlocks(kind, 0xffffffff, ~bytes + 1);
  atomicStore(note + NOTE_MAKING_KIND, kind);
  const outcome = freeTold(block, me, note + NOTE_MAKING);`,
      replace: `  const outcome = freeTold(block, me, note + NOTE_MAKING);
  atomicStore(place, next as u32);`,
    },
    {
      breaks: 'a word forgets its block before the note has it',
      file: MAKING,
      find: `  atomicStore(note + NOTE_MAKING, block as u32);
  atomicStore(place, next as u32);`,
      replace: `  atomicStore(place, next as u32);
  atomicStore(note + NOTE_MAKING, block as u32);`,
    },
    {
      breaks: 'a block that a word names is taken back with the dead',
      file: MAKING,
      find: 'if (atomicLoad(place) !== (making as u32)) freeMaking(making, note, me);',
      replace: 'freeMaking(making, note, me);',
    },
  ],
} satisfies Mutants;
