// Seeded faults of the barrier; each must be caught by a model of models/barrier.ts.

import type { Mutants } from '../explorer/suite';

export default {
  file: 'assembly/sync/barrier.ts',
  mutants: [
    {
      breaks: 'a place is claimed without a compare-and-swap',
      find: 'if (atomicLoad(at) === free && atomicCompareExchange(at, free, mine) === free) return index;',
      replace: 'if (atomicLoad(at) === free) { atomicExchange(at, mine); return index; }',
    },
    {
      breaks: 'a claim does not say for which phase',
      find: 'const mine: u32 = (me | tagOf(phase)) >>> 0;\n  for',
      replace: 'const mine: u32 = 0;\n  for',
    },
    {
      breaks: 'a dead party breaks a phase that all have passed',
      find: '    if (breakIfDead(p, phase)) continue;\n    const parked: u32 = (state | PARKED_BIT) >>> 0;\n    if (parked === state || atomicCompareExchange(p, state, parked) === state) return parked;\n  }\n}\n\n/** A party that gives up',
      replace:
        '    if (breakIfDead(p, phase)) return BROKEN;\n    const parked: u32 = (state | PARKED_BIT) >>> 0;\n    if (parked === state || atomicCompareExchange(p, state, parked) === state) return parked;\n  }\n}\n\n/** A party that gives up',
    },
    {
      breaks: 'a dead party is waited for',
      find: '    if (breakIfDead(p, phase)) continue;\n    const parked: u32 = (state | PARKED_BIT) >>> 0;\n    if (parked === state || atomicCompareExchange(p, state, parked) === state) return parked;\n  }\n}\n\n/** A party that gives up',
      replace:
        '    const parked: u32 = (state | PARKED_BIT) >>> 0;\n    if (parked === state || atomicCompareExchange(p, state, parked) === state) return parked;\n  }\n}\n\n/** A party that gives up',
    },
    {
      breaks: 'the dead are not noticed by the last party',
      find: 'if (hasDeadParty(p, phase)) return false;\n  freePlaces(p, phase + 1);',
      replace:
        'freePlaces(p, phase + 1); if (isBarrierBroken(p) && !hasDeadParty(p, phase)) { return true; }',
    },
    {
      breaks: 'who gives up tells nobody',
      find: '  notifyWord(p, breakBarrier(p, phase));\n  return partyStep(p, phase);',
      replace: '  breakBarrier(p, phase);\n  return partyStep(p, phase);',
    },
    {
      breaks: 'who gives up does not look whether all had come',
      find: 'return partyStep(p, phase); // the phase is over or broken: it does not wait',
      replace: 'return BROKEN;',
    },
    {
      breaks: 'places are freed by who comes late',
      find: 'if ((((atomicLoad(p) >>> PHASE_SHIFT) + 1 - phase) & PHASE_MASK) !== 0) return; // it has begun',
      replace: '',
    },
    {
      breaks: 'places are freed after the phase has begun',
      find: '  freePlaces(p, phase + 1);\n  while (true) {\n    const state = atomicLoad(p);\n    if (state >>> PHASE_SHIFT !== phase || (state & BROKEN_BIT) !== 0) return false;\n    if (atomicCompareExchange(p, state, nextState(state, 0)) === state) return true;',
      replace:
        '  while (true) {\n    const state = atomicLoad(p);\n    if (state >>> PHASE_SHIFT !== phase || (state & BROKEN_BIT) !== 0) return false;\n    if (atomicCompareExchange(p, state, nextState(state, 0)) === state) { freePlaces(p, phase + 1); return true; }',
    },
    {
      breaks: 'a reset counts as a phase that all passed',
      find: 'nextState(state, 1)',
      replace: 'nextState(state, 0)',
    },
    {
      breaks: 'how a phase ended is looked up in another one',
      find: '((state >>> (HISTORY_SHIFT + behind - 1)) & 1)',
      replace: '((state >>> (HISTORY_SHIFT + behind)) & 1)',
    },
    {
      breaks: 'a broken barrier wakes nobody',
      find: 'if (atomicCompareExchange(p, state, next) === state) return WAKE_ALL;',
      replace: 'if (atomicCompareExchange(p, state, next) === state) return WAKE_NONE;',
    },
    {
      breaks: 'a reset wakes nobody',
      find: 'if (atomicCompareExchange(p, state, nextState(state, 1)) === state) return WAKE_ALL;',
      replace: 'if (atomicCompareExchange(p, state, nextState(state, 1)) === state) return WAKE_NONE;',
    },
    {
      breaks: 'the last party passes a broken barrier',
      find: 'if (state >>> PHASE_SHIFT !== phase || (state & BROKEN_BIT) !== 0) return false;',
      replace: 'if (state >>> PHASE_SHIFT !== phase) return false;',
    },
  ],
} satisfies Mutants;
