// The task board between its owner and its workers, as src/pool/shared.ts, src/heap/bell.ts and src/worker/loop.ts
// run it: every task is run by one worker and collected once, and nobody sleeps over a task or a result.

import {
  atomicLoad,
  atomicStore,
  load32,
  notifyWord,
  store32,
  waitWord,
} from '../../../assembly/atomics/index';
import {
  CALL_NOTIFY,
  CALL_REFUSED,
  callThread,
  REST_PARKED,
  REST_RUNNING,
  REST_SEARCHING,
  ringBell,
  rouseThread,
  THREAD_BELL,
  THREAD_CALLS,
  THREAD_PARKED,
  THREAD_REST,
  THREAD_STOP,
  threadRecord,
} from '../../../assembly/heap/threads';
import {
  BOARD_DONE,
  claimedBy,
  claimSlot,
  clearSlot,
  finishSlot,
  freeSlot,
  initBoard,
  isBoardEmpty,
  ownerBell,
  postSlot,
  retractSlot,
  SLOT_DONE,
  SLOT_FN,
  SLOT_RESULT,
  SLOT_STATE,
  slotAt,
  slotKind,
  slotThread,
  takeDone,
} from '../../../assembly/pool/board';
import { peek, poke } from '../explorer/atomics';
import { AGAIN, assert, type Model, model, type Thread } from '../explorer/model';
import { names } from './_names';

const BOARD = 0x600000;
const OWNER = threadRecord(1);
/** How often each task has been run: the model's own. */
const RUNS = 0x700000;
const EVERYBODY = 0xffffffff;

/** src/worker/loop.ts: claims, runs, hands over; parks when there is nothing. */
function worker(slot: number): Thread {
  const me = threadRecord(slot);
  return {
    name: `worker ${slot}`,
    mortal: true,
    daemon: true,
    self: { index: -1 },
    calls: [
      function look(self: { index: number }) {
        if (atomicLoad(me + THREAD_STOP) !== 0) return undefined;
        self.index = claimSlot(BOARD, slot);
        if (self.index < 0) {
          const seen = atomicLoad(me + THREAD_CALLS);
          atomicStore(me + THREAD_REST, REST_PARKED);
          if (atomicLoad(me + THREAD_STOP) !== 0 || !isBoardEmpty(BOARD))
            atomicStore(me + THREAD_REST, REST_RUNNING);
          else waitWord(me + THREAD_CALLS, seen, -1);
          return AGAIN;
        }
        atomicStore(me + THREAD_REST, REST_RUNNING);
        const at = slotAt(BOARD, self.index);
        const task = load32(at + SLOT_FN);
        poke(RUNS + 4 * task, peek(RUNS + 4 * task) + 1);
        store32(at + SLOT_RESULT, task + 100);
        atomicStore(me + THREAD_REST, REST_SEARCHING);
        if (finishSlot(BOARD, self.index)) notifyWord(ownerBell(BOARD), EVERYBODY);
        self.index = -1;
        return AGAIN;
      },
    ],
  };
}

interface Shape {
  name: string;
  tasks: number;
  workers: number;
  slots: number;
  deaths?: number;
  slow?: boolean;
  random?: boolean;
  /** The owner takes the last task back if it can. */
  retract?: boolean;
}

function board({ name, tasks, workers, slots, deaths = 0, slow, random, retract }: Shape): Model {
  const records = Array.from({ length: workers }, (_, i) => threadRecord(i + 2));
  /** The owner's data lives in words that no other thread touches: its reaper runs on the same event loop. */
  const KEPT = 0x710000;
  const LEFT = KEPT;
  const SETTLED = KEPT + 4;
  const ALIVE = KEPT + 8;
  const SLOT_TASK = KEPT + 64;
  const DONE_COUNT = KEPT + 128;

  const call = (count: number) => {
    let left = count;
    for (let i = 0; left > 0 && i < workers; i++) {
      if (((peek(ALIVE) >>> i) & 1) === 0) continue;
      const answer = callThread(records[i]);
      if (answer === CALL_NOTIFY) notifyWord(records[i] + THREAD_CALLS, EVERYBODY);
      if (answer !== CALL_REFUSED) left--;
    }
  };
  const ringAll = () => {
    for (let i = 0; i < workers; i++) {
      if (((peek(ALIVE) >>> i) & 1) === 1 && rouseThread(records[i]))
        notifyWord(records[i] + THREAD_CALLS, EVERYBODY);
    }
  };
  const pump = () => {
    let posted = 0;
    while (peek(LEFT) > 0) {
      const slot = freeSlot(BOARD);
      if (slot < 0) break;
      const task = tasks - peek(LEFT);
      poke(LEFT, peek(LEFT) - 1);
      store32(slotAt(BOARD, slot) + SLOT_FN, task);
      poke(SLOT_TASK + 4 * slot, task + 1);
      postSlot(BOARD, slot);
      posted++;
    }
    if (posted > 0) call(posted);
  };
  const settle = (slot: number, clear: boolean) => {
    const task = peek(SLOT_TASK + 4 * slot) - 1;
    poke(SLOT_TASK + 4 * slot, 0);
    poke(DONE_COUNT + 4 * task, peek(DONE_COUNT + 4 * task) + 1);
    poke(SETTLED, peek(SETTLED) + 1);
    if (clear) clearSlot(BOARD, slot);
    return task;
  };
  const collect = () => {
    let any = false;
    for (let bits = takeDone(BOARD, 0); bits !== 0; bits &= bits - 1) {
      const slot = 31 - Math.clz32(bits & -bits);
      const at = slotAt(BOARD, slot);
      if (peek(SLOT_TASK + 4 * slot) === 0 || slotKind(atomicLoad(at + SLOT_STATE)) !== SLOT_DONE) continue;
      const task = peek(SLOT_TASK + 4 * slot) - 1;
      assert(load32(at + SLOT_RESULT) === task + 100, `task ${task} came back with another's result`);
      settle(slot, true);
      any = true;
    }
    if (any) pump();
    return any;
  };

  return model({
    name,
    deaths,
    slow,
    random,
    reaperOf: 0,
    setup() {
      initBoard(BOARD, slots, OWNER);
      poke(LEFT, tasks);
      poke(ALIVE, (1 << workers) - 1);
    },
    threads: [
      {
        name: 'owner',
        calls: [
          function submit() {
            pump();
            if (retract && tasks <= slots && retractSlot(BOARD, tasks - 1)) settle(tasks - 1, true);
          },
          function arm() {
            const seen = atomicLoad(OWNER + THREAD_BELL);
            collect();
            if (peek(SETTLED) === tasks) return undefined;
            atomicStore(OWNER + THREAD_PARKED, 1);
            waitWord(OWNER + THREAD_BELL, seen, -1);
            atomicStore(OWNER + THREAD_PARKED, 0);
            return AGAIN;
          },
        ],
      },
      ...Array.from({ length: workers }, (_, i) => worker(i + 2)),
    ],
    reap:
      deaths === 0
        ? undefined
        : (dead) => {
            // src/pool/_crew.ts bury, then src/pool/shared.ts #onDeath.
            atomicStore(records[dead - 1] + THREAD_REST, REST_RUNNING);
            notifyWord(OWNER + THREAD_BELL, EVERYBODY); // it may have taken the mark and not notified
            poke(ALIVE, peek(ALIVE) & ~(1 << (dead - 1)));
            collect();
            for (let slot = 0; slot < slots; slot++) {
              if (peek(SLOT_TASK + 4 * slot) === 0) continue;
              const state = atomicLoad(slotAt(BOARD, slot));
              // DONE: it died before it could set the bit.
              if (
                state === claimedBy(dead + 1) ||
                (slotThread(state) === dead + 1 && slotKind(state) === SLOT_DONE)
              )
                settle(slot, true);
            }
            ringAll();
            if (peek(ALIVE) === 0) {
              // No replacement in the model: what nobody can run is failed.
              for (let slot = 0; slot < slots; slot++)
                if (peek(SLOT_TASK + 4 * slot) !== 0) settle(slot, true);
              for (; peek(LEFT) > 0; poke(LEFT, peek(LEFT) - 1)) {
                const task = tasks - peek(LEFT);
                poke(DONE_COUNT + 4 * task, 1);
                poke(SETTLED, peek(SETTLED) + 1);
              }
              if (ringBell(OWNER)) notifyWord(OWNER + THREAD_BELL, EVERYBODY);
            } else pump();
          },
    finally(world) {
      assert(world.word(SETTLED) === tasks, `${world.word(SETTLED)} of ${tasks} tasks are settled`);
      for (let task = 0; task < tasks; task++) {
        assert(
          world.word(DONE_COUNT + 4 * task) === 1,
          `task ${task} settled ${world.word(DONE_COUNT + 4 * task)} times`,
        );
        assert(world.word(RUNS + 4 * task) <= 1, `task ${task} ran ${world.word(RUNS + 4 * task)} times`);
        if (deaths === 0 && !retract) assert(world.word(RUNS + 4 * task) === 1, `task ${task} never ran`);
      }
      assert(world.word(BOARD + BOARD_DONE) === 0 || world.dead.length > 0, 'a result is left on the board');
    },
    names: names([
      [BOARD, 'board', { 0: 'tail', 4: 'head', 8: 'mask', 12: 'owner', 128: 'done' }],
      ...Array.from({ length: slots }, (_, i): [number, string, Record<number, string>] => [
        slotAt(BOARD, i),
        `slot ${i}`,
        { 0: 'state', 8: 'fn', 16: 'result' },
      ]),
    ]),
  });
}

export default [
  board({ name: 'board: 1 task, 1 worker', tasks: 1, workers: 1, slots: 2 }),
  board({ name: 'board: 1 task, 1 worker, death', tasks: 1, workers: 1, slots: 2, deaths: 1 }),
  board({ name: 'board: 2 tasks, 1 worker', tasks: 2, workers: 1, slots: 2 }),
  board({ name: 'board: 2 tasks, 1 worker, retract', tasks: 2, workers: 1, slots: 2, retract: true }),
  board({ name: 'board: 2 tasks, 1 worker, death', tasks: 2, workers: 1, slots: 2, deaths: 1 }),
  board({ name: 'board: 4 tasks, 1 worker, full', tasks: 4, workers: 1, slots: 2 }),
  board({ name: 'board: 1 task, 2 workers', tasks: 1, workers: 2, slots: 2 }),
  board({ name: 'board: 1 task, 2 workers, death', tasks: 1, workers: 2, slots: 2, deaths: 1, slow: true }),
  board({
    name: 'board: 1 task, 2 workers, 2 deaths',
    tasks: 1,
    workers: 2,
    slots: 2,
    deaths: 2,
    slow: true,
  }),
  board({ name: 'board: 4 tasks, 3 workers, random', tasks: 4, workers: 3, slots: 2, random: true }),
  board({
    name: 'board: 8 tasks, 6 workers, 3 deaths, random',
    tasks: 8,
    workers: 6,
    slots: 4,
    deaths: 3,
    random: true,
  }),
];
