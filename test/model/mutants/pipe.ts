// Seeded faults of a pipe's ends; each must be caught by a model of models/pipe.ts.

import type { Mutants } from '../explorer/suite';

export default {
  file: 'assembly/queue/pipe.ts',
  mutants: [
    {
      breaks: 'the end is told without looking for a last message',
      find: 'return last === EMPTY ? EOF : last;',
      replace: 'return EOF;',
    },
    {
      breaks: 'a message that is being written is passed over at the end',
      find: 'if (answer !== EMPTY && answer !== BUSY) return answer;',
      replace: 'if (answer !== EMPTY) return answer === BUSY ? EOF : answer;',
    },
    {
      breaks: 'the end of a dead thread counts as open',
      find: 'return peer === 0 || !isThreadAlive(peer) ? EOF : EMPTY;',
      replace: 'return peer === 0 ? EOF : EMPTY;',
    },
    {
      breaks: 'a closed end counts as open',
      find: 'return peer === 0 || !isThreadAlive(peer) ? EOF : EMPTY;',
      replace: 'return peer !== 0 && !isThreadAlive(peer) ? EOF : EMPTY;',
    },
    {
      breaks: 'an end that was passed on is used on',
      find: 'if (atomicLoad(endOf(pipe, side)) !== owner) return LOST;',
      replace: '',
    },
    {
      breaks: 'an end is closed by one that has passed it on',
      find: 'return atomicCompareExchange(endOf(pipe, side), owner, 0) === owner;',
      replace:
        'if (atomicLoad(endOf(pipe, side)) !== owner) return false; atomicExchange(endOf(pipe, side), 0); return true;',
    },
    {
      breaks: 'an end that was closed opens again where it arrives',
      find: 'if (before === 0 || before === owner) return false;',
      replace: 'if (before === owner) return false;',
    },
    {
      breaks: 'the old thread of an end is not told that it was passed on',
      find: 'if (atomicCompareExchange(end, before, owner) === before) return true;',
      replace: 'if (atomicCompareExchange(end, before, owner) === before) return false;',
    },
    {
      breaks: 'polling does not see the end',
      find: 'return ends === EOF ? WAITING : ends;',
      replace: 'return ends === EOF ? EMPTY : ends;',
    },
    {
      breaks: 'polling does not see messages',
      find: 'if (found !== EMPTY && found !== BUSY && found !== CLOSED) return WAITING;',
      replace: 'if (found === CLOSED) return WAITING;',
    },
  ],
} satisfies Mutants;
