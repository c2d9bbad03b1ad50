// Pipes: what is sent before an end is closed, or its thread dies, is received in order, and then the end of the pipe is
// found, by whoever has the other end and however it waits; an end that is passed on belongs to one thread at a time. Every
// history is one of a pipe that does one operation after the other. Blocking and waking as src/queue/pipe.ts does them.
// Over 400 lines: the models share both ends' steps and the history that they are checked against.

import { atomicStore, load32, notifyWord, store32, waitWord } from '../../../assembly/atomics/index';
import { THREAD_DEAD, THREAD_OWNER, THREAD_STATE } from '../../../assembly/heap/threads';
import {
  beginReceive,
  closeEnd,
  EOF,
  endOf,
  inOf,
  LOST,
  lookAtEnds,
  moveEnd,
  pollEnd,
} from '../../../assembly/queue/pipe';
import {
  ANSWER_BITS,
  beginPut,
  EMPTY,
  finishPut,
  finishSweep,
  finishTake,
  initQueue,
  initRing,
  PIPE_BACK,
  QUEUE_ITEMS,
  RING_HEAD,
  RING_SLOTS,
  RING_TAIL,
  SWEEP_BIT,
  WAITING,
} from '../../../assembly/queue/ring';
import { announceSleep, takeSleepers } from '../../../assembly/queue/sleep';
import { claimant, SLOT_BYTES, SLOT_INLINE, SLOT_STATE } from '../../../assembly/queue/slots';
import { peek, SLICE_MS } from '../explorer/atomics';
import { History } from '../explorer/history';
import type { Spec } from '../explorer/linearize';
import { AGAIN, assert, type Call, type Model, model, type Thread } from '../explorer/model';
import { type Block, names } from './_names';
import { liveThreads, recordOf } from './_sync';

const PIPE = 0x600000;
const BACK = 0x610000;
const RINGS = [0x620000, 0x630000];
/** So that no ring ends. */
const SHIFT = 2;
const SLOTS_FROM = 32;
const EVERYBODY = 0xffffffff;
const idOf = (index: number) => peek(recordOf(index) + THREAD_OWNER);

/** What is done at an end; `name` is who does it. */
type Op =
  | ['send', side: number, item: number]
  | ['look' | 'receive' | 'poll' | 'close' | 'arrive', side: number, name: string]
  | ['die', name: string];

interface PipeState {
  /** What is on its way to each side. */
  items: [number[], number[]];
  /** Who has the ends; '' once closed. */
  ends: [string, string];
  dead: string[];
}

/** A pipe whose ends these have at first. */
function spec(ends: [string, string]): Spec<PipeState, Op> {
  return {
    initial: { items: [[], []], ends, dead: [] },
    apply(state, op) {
      const { items, ends, dead } = state;
      if (op[0] === 'die') return [[true, { ...state, dead: [...dead, op[1]].sort() }]];
      const [what, side] = op;
      const name = String(op[2]);
      const isMine = ends[side] === name;
      const peer = ends[1 - side];
      const isOver = peer === '' || dead.includes(peer);
      const withEnd = (owner: string) => ({ ...state, ends: ends.with(side, owner) as PipeState['ends'] });
      const coming = items[side];
      switch (what) {
        case 'look':
          // Its two looks are two moments: the end may move in between.
          return isMine
            ? [[isOver ? 'over' : 'open', state]]
            : [
                [isOver ? 'over' : 'lost', state],
                ['lost', state],
              ];
        case 'send':
          return [
            [
              true,
              { ...state, items: items.with(1 - side, [...items[1 - side], op[2]]) as PipeState['items'] },
            ],
          ];
        case 'receive': {
          // One that waited when the end was passed on may still get what comes, or see the end.
          const lost: Array<[unknown, PipeState]> = isMine ? [] : [['lost', state]];
          if (coming.length === 0) return isOver ? [['over', state], ...lost] : lost;
          const left = items.with(side, coming.slice(1)) as PipeState['items'];
          return [[coming[0], { ...state, items: left }], ...lost];
        }
        case 'poll':
          return [[coming.length > 0 || isOver, state]];
        case 'close':
          return [[isMine, isMine ? withEnd('') : state]];
        default:
          return [[ends[side] !== '', ends[side] === '' ? state : withEnd(name)]];
      }
    },
  };
}

interface Self {
  begun?: boolean;
  stage?: 'announce' | 'sleep' | 'swept' | 'wake';
  asleep?: number;
  slot?: number;
  /** Receives end with the pipe, or the end. */
  over?: boolean;
}

function wakeAll(word: number): void {
  if (takeSleepers(word)) notifyWord(word, EVERYBODY);
}

type Step =
  | { send: number }
  | 'receive'
  /** Until the pipe is over, or the end is lost. */
  | 'receive all'
  /** Without waiting. */
  | 'poll'
  | 'close'
  | 'arrive';

function calls(step: Step, side: number, index: number, log: History<PipeState, Op>): Call<Self>[] {
  const name = `thread ${index}`;
  const items = () => inOf(PIPE, side) + QUEUE_ITEMS;
  const far = () => inOf(PIPE, 1 - side) + QUEUE_ITEMS;
  const begin = (self: Self, op: Op) => {
    if (self.begun !== true) log.begin(name, op);
    self.begun = true;
  };
  const end = (self: Self, result: unknown) => {
    log.end(name, result);
    delete self.begun;
  };
  if (step === 'poll') {
    return [
      function poll(self) {
        begin(self, ['poll', side, name]);
        const answer = pollEnd(PIPE, side, idOf(index));
        assert(answer === WAITING || answer === EMPTY, `poll answers ${answer}`);
        end(self, answer === WAITING);
      },
    ];
  }
  if (step === 'close') {
    return [
      function close(self) {
        begin(self, ['close', side, name]);
        end(self, closeEnd(PIPE, side, idOf(index)));
      },
      () => wakeAll(far()),
    ];
  }
  if (step === 'arrive') {
    return [
      function arrive(self) {
        begin(self, ['arrive', side, name]);
        const moved = moveEnd(PIPE, side, idOf(index));
        end(self, moved);
        if (moved) self.stage = 'wake';
      },
      function wakeOld(self) {
        if (self.stage === 'wake') wakeAll(items());
        delete self.stage;
      },
    ];
  }
  if (typeof step === 'object') {
    return [
      function looks(self) {
        begin(self, ['look', side, name]);
        const ends = lookAtEnds(PIPE, side, idOf(index));
        end(self, ends === LOST ? 'lost' : ends === EOF ? 'over' : 'open');
        self.over = ends !== EMPTY;
      },
      function send(self) {
        if (self.over) return undefined;
        if (self.slot === undefined) {
          begin(self, ['send', side, step.send]);
          const slot = beginPut(inOf(PIPE, 1 - side), claimant(idOf(index)));
          if (slot >= SLOTS_FROM) self.slot = slot;
          return AGAIN;
        }
        store32(self.slot + SLOT_INLINE, step.send);
        finishPut(self.slot);
        delete self.slot;
        end(self, true);
        self.stage = 'wake';
        return undefined;
      },
      function wake(self) {
        if (self.stage === 'wake') wakeAll(far());
        delete self.stage;
        delete self.over;
      },
    ];
  }
  return [
    function receive(self) {
      if (self.over) return undefined;
      if (self.slot !== undefined) {
        if (self.stage === 'swept') {
          finishSweep(self.slot);
          delete self.stage;
        } else {
          const item = load32(self.slot + SLOT_INLINE);
          finishTake(self.slot);
          end(self, item);
          if (step === 'receive') self.over = true;
          delete self.asleep;
        }
        delete self.slot;
        return AGAIN;
      }
      if (self.stage === 'announce') {
        self.asleep = announceSleep(items());
        delete self.stage;
        return AGAIN;
      }
      if (self.stage === 'sleep') {
        waitWord(items(), self.asleep ?? 0, SLICE_MS);
        delete self.asleep;
        delete self.stage;
        return AGAIN;
      }
      begin(self, ['receive', side, name]);
      const answer = beginReceive(PIPE, side, idOf(index));
      if (answer === EOF || answer === LOST) {
        end(self, answer === EOF ? 'over' : 'lost');
        self.over = true;
        delete self.asleep;
      } else if (answer >= SLOTS_FROM) {
        self.slot = (answer & ~ANSWER_BITS) >>> 0;
        if ((answer & SWEEP_BIT) !== 0) self.stage = 'swept';
      } else self.stage = self.asleep === undefined ? 'announce' : 'sleep';
      return AGAIN;
    },
    function again(self) {
      delete self.over;
    },
  ];
}

interface Shape {
  name: string;
  /** What each thread does, and at which side. */
  threads: Array<[side: number, ...steps: Step[]]>;
  /** Who has the ends at first. */
  ends?: [number, number];
  mortal?: number[];
  slow?: boolean;
}

function pipe({ name, threads, ends = [0, 1], mortal = [], slow }: Shape): Model {
  const log = new History(spec([`thread ${ends[0]}`, `thread ${ends[1]}`]));
  return model({
    name,
    slow,
    deaths: mortal.length > 0 ? 1 : 0,
    setup() {
      liveThreads(threads.length);
      [PIPE, BACK].forEach((queue, i) => {
        initRing(RINGS[i], SHIFT);
        initQueue(queue, RINGS[i], 0);
      });
      atomicStore(PIPE + PIPE_BACK, BACK);
      ends.forEach((index, side) => void atomicStore(endOf(PIPE, side), idOf(index)));
    },
    threads: threads.map(
      ([side, ...steps], index): Thread => ({
        name: `thread ${index}`,
        mortal: mortal.includes(index),
        self: {} satisfies Self,
        calls: steps.flatMap((step) => calls(step, side, index, log)),
      }),
    ),
    reap:
      mortal.length === 0
        ? undefined
        : (dead) => {
            // src/pool/_crew.ts bury; what wakeSleepers does is left to the slices.
            log.begin(`the death of thread ${dead}`, ['die', `thread ${dead}`]);
            atomicStore(recordOf(dead) + THREAD_STATE, THREAD_DEAD);
          },
    names: names([
      [PIPE, 'pipe', { [QUEUE_ITEMS]: 'items', [endOf(0, 0)]: 'end 0', [endOf(0, 1)]: 'end 1' }],
      [BACK, 'back', { [QUEUE_ITEMS]: 'items' }],
      ...RINGS.flatMap((ring, r): Block[] => [
        [ring, `ring ${r}`, { [RING_TAIL]: 'tail', [RING_HEAD]: 'head' }],
        ...Array.from(
          { length: 1 << SHIFT },
          (_, i): Block => [
            ring + RING_SLOTS + SLOT_BYTES * i,
            `ring ${r} slot ${i}`,
            { [SLOT_STATE]: 'state', [SLOT_INLINE]: 'item' },
          ],
        ),
      ]),
    ]),
  });
}

export default [
  pipe({
    name: 'pipe: 2 sent, closed, all received',
    threads: [
      [0, 'receive all'],
      [1, { send: 1 }, { send: 2 }, 'close'],
    ],
  }),
  pipe({
    name: 'pipe: both send and receive',
    threads: [
      [0, { send: 1 }, 'receive', 'close'],
      [1, { send: 2 }, 'receive', 'close'],
    ],
  }),
  pipe({
    name: 'pipe: polled while it is sent and closed',
    threads: [
      [0, 'poll', 'poll', 'receive', 'poll'],
      [1, { send: 1 }, 'close'],
    ],
  }),
  pipe({
    name: 'pipe: the receiver closes',
    threads: [
      [0, 'receive', 'close'],
      [1, { send: 1 }, { send: 2 }, { send: 3 }],
    ],
  }),
  pipe({
    name: 'pipe: the sender dies',
    threads: [
      [0, 'receive all'],
      [1, { send: 1 }, { send: 2 }, 'close'],
    ],
    mortal: [1],
  }),
  pipe({
    name: 'pipe: the sender dies, polled',
    threads: [
      [0, 'poll', 'receive', 'poll'],
      [1, { send: 1 }, 'close'],
    ],
    mortal: [1],
  }),
  pipe({
    name: 'pipe: the receiver dies',
    threads: [
      [0, 'receive', 'receive', 'close'],
      [1, { send: 1 }, { send: 2 }, 'receive'],
    ],
    mortal: [0],
  }),
  pipe({
    name: 'pipe: the receiving end is passed on while it waits',
    threads: [
      [0, 'receive all'],
      [1, { send: 1 }, 'close'],
      [0, 'arrive', 'receive all'],
    ],
  }),
  pipe({
    name: 'pipe: the sending end is passed on, and closed by the old thread',
    threads: [
      [0, 'receive all'],
      [1, 'close'],
      [1, 'arrive', { send: 2 }, 'close'],
    ],
  }),
  pipe({
    name: 'pipe: the old thread of the sending end sends on',
    threads: [
      [0, 'receive'],
      [1, { send: 1 }],
      [1, 'arrive', { send: 2 }],
    ],
  }),
  pipe({
    name: 'pipe: the sending end is passed on to one that dies',
    threads: [
      [0, 'receive all'],
      [1, 'close'],
      [1, 'arrive', { send: 2 }, 'close'],
    ],
    mortal: [2],
  }),
];
