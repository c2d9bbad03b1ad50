// Seeded faults of the task board and of calling threads; each must be caught by a model of models/board.ts.
//
// Not among them, because nothing breaks: a head that nobody raises (a hint only), and a call that takes a searching
// worker's word for it without the compare-and-swap (it looks at the board once more before it sleeps; two tasks may
// then call one worker).

import type { Mutants } from '../explorer/suite';

const THREADS = 'assembly/heap/threads.ts';

export default {
  file: 'assembly/pool/board.ts',
  mutants: [
    {
      breaks: 'the tail is raised before the slot is ready',
      find: `  atomicStore(slotAt(board, slot), SLOT_READY);
  atomicStore(board + BOARD_TAIL, (tail + step + 1) >>> 0);`,
      replace: `  atomicStore(board + BOARD_TAIL, (tail + step + 1) >>> 0);
  atomicStore(slotAt(board, slot), SLOT_READY);`,
    },
    {
      breaks: 'a task is claimed without a compare-and-swap',
      find: 'atomicCompareExchange(at, SLOT_READY, claimed) === SLOT_READY',
      replace: '(atomicStore(at, claimed), true)',
    },
    {
      breaks: 'a task is claimed without a look at its state',
      find: 'if (atomicLoad(at) === SLOT_READY && atomicCompareExchange(at, SLOT_READY, claimed) === SLOT_READY)',
      replace: 'if ((atomicStore(at, claimed), true))',
    },
    {
      breaks: 'the head is raised past the task after',
      find: 'position = (position + 1) >>> 0;',
      replace: 'position = (position + 2) >>> 0;',
    },
    {
      breaks: 'the done bit is set before the state',
      find: `  atomicStore(at, ((atomicLoad(at) & ~0xff) | SLOT_DONE) >>> 0);
  atomicOr(board + BOARD_DONE + ((slot >>> 5) << 2), (1 << (slot & 31)) >>> 0);`,
      replace: `  atomicOr(board + BOARD_DONE + ((slot >>> 5) << 2), (1 << (slot & 31)) >>> 0);
  atomicStore(at, ((atomicLoad(at) & ~0xff) | SLOT_DONE) >>> 0);`,
    },
    {
      breaks: 'the done bit of another slot is set',
      find: '(1 << (slot & 31)) >>> 0);',
      replace: '(2 << (slot & 31)) >>> 0);',
    },
    {
      breaks: 'the owner is not told of a result',
      find: 'return ringBell(atomicLoad(board + BOARD_OWNER));',
      replace: 'return false;',
    },
    {
      breaks: 'done bits are read and cleared in two steps',
      find: 'return atomicLoad(at) === 0 ? 0 : atomicExchange(at, 0);',
      replace: 'const bits = atomicLoad(at); if (bits !== 0) atomicStore(at, 0); return bits;',
    },
    {
      breaks: 'a task is taken back without a compare-and-swap',
      find: 'return atomicCompareExchange(slotAt(board, slot), SLOT_READY, SLOT_FREE) === SLOT_READY;',
      replace:
        'if (atomicLoad(slotAt(board, slot)) !== SLOT_READY) return false; atomicStore(slotAt(board, slot), SLOT_FREE); return true;',
    },
    {
      breaks: 'a slot that is done counts as free',
      find: 'if (atomicLoad(slotAt(board, slot)) === SLOT_FREE) return slot as i32;',
      replace:
        'if (slotKind(atomicLoad(slotAt(board, slot))) !== SLOT_CLAIMED && atomicLoad(slotAt(board, slot)) !== SLOT_READY) return slot as i32;',
    },
    {
      breaks: 'the board counts as empty while the head lags',
      find: 'return atomicLoad(board + BOARD_HEAD) === tail;',
      replace: 'return atomicLoad(board + BOARD_HEAD) <= tail;',
    },
    {
      breaks: 'the head is raised to the tail of now',
      find: '  raiseHead(board, tail);',
      replace: '  raiseHead(board, atomicLoad(board + BOARD_TAIL));',
    },
    {
      breaks: 'the bell is not raised a second time',
      file: THREADS,
      find: '  atomicAdd(record + THREAD_BELL, 1); // it may',
      replace: '  // it may',
    },
    {
      breaks: 'calls are not raised a second time',
      file: THREADS,
      find: '  atomicAdd(record + THREAD_CALLS, 1); // as in ringBell',
      replace: '',
    },
    {
      breaks: 'the mark is looked at before the bell is raised',
      file: THREADS,
      find: `  atomicAdd(record + THREAD_BELL, 1);
  if (atomicCompareExchange(record + THREAD_PARKED, 1, 0) !== 1) return false;`,
      replace: `  if (atomicCompareExchange(record + THREAD_PARKED, 1, 0) !== 1) return false;
  atomicAdd(record + THREAD_BELL, 1);`,
    },
    {
      breaks: 'a ring forgets to say that the thread sleeps',
      file: THREADS,
      find: "  atomicAdd(record + THREAD_BELL, 1); // it may have parked on the first ring's value, and would sleep unmarked\n  return true;",
      replace: '  return false;',
    },
    {
      breaks: 'a parked worker is called without a notify',
      file: THREADS,
      find: 'return rouseThread(record) ? CALL_NOTIFY : CALL_REFUSED;',
      replace: 'return rouseThread(record) ? CALL_TAKEN : CALL_REFUSED;',
    },
    {
      breaks: 'a worker that parks is taken to be running',
      file: THREADS,
      find: 'if (rest === REST_RUNNING) return CALL_REFUSED;',
      replace: 'if (rest !== REST_SEARCHING) return CALL_REFUSED;',
    },
  ],
} satisfies Mutants;
