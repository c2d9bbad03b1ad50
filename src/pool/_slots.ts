// The slots of a pool's board as its owner sees them: which job stands in which, how it gets there and how its slot
// becomes free again. What the words of a slot mean: assembly/pool/board.ts; who gives the board back: board.ts.

import { atomicLoad, store32 } from '../../assembly/atomics/index';
import { threadRecord, threadSlot } from '../../assembly/heap/threads';
import {
  argBytesAt,
  BOARD_NAMES,
  BOARD_TAIL,
  claimedBy,
  freeSlot,
  isBoardEmpty,
  postSlot,
  retractSlot,
  SLOT_CLAIMED,
  SLOT_DONE,
  SLOT_FN,
  SLOT_READY,
  SLOT_STARTED,
  SLOT_STATE,
  slotAt,
  slotKind,
  slotThread,
  takeDone,
} from '../../assembly/pool/board';
import { letGo } from '../heap/holds';
import type { TaskKey } from '../tasks/registry';
import { BatchJob } from './_batch';
import type { Job } from './_jobs';
import type { Overdue } from './_overdue';
import { createBoard, emptySlot } from './board';
import { freeResult, readF64, writeF64 } from './frames';
import { writeName } from './names';

/** Tasks that may stand on the board: deep enough that workers never wait for the owner's event loop. */
export const SLOTS = 256;

export class Slots {
  readonly board = createBoard(SLOTS);
  /** The jobs by slot. */
  readonly #jobs: Array<Job | undefined> = new Array(SLOTS);
  readonly #names = new Map<TaskKey, number>();
  #taken = 0;

  constructor(private readonly overdue: Overdue) {}

  /** Jobs that stand on the board. */
  get taken(): number {
    return this.#taken;
  }

  get isFull(): boolean {
    return this.#taken >= SLOTS;
  }

  /** Whether a job stands there that no worker has begun. */
  get hasWaiting(): boolean {
    return !isBoardEmpty(this.board);
  }

  /** The address of a slot. */
  at(index: number): number {
    return slotAt(this.board, index);
  }

  job(index: number): Job | undefined {
    return this.#jobs[index];
  }

  indexOf(job: Job): number {
    return this.#jobs.indexOf(job);
  }

  /** Puts a job onto the board, unless its arguments cannot be sent or the heap is full: then it fails. */
  post(job: Job): boolean {
    const { board } = this;
    const index = freeSlot(board);
    const slot = slotAt(board, index);
    try {
      store32(argBytesAt(board, index), job.write(slot));
      store32(slot + SLOT_FN, job.key === '' ? 0 : this.#nameOf(job.key));
    } catch (error) {
      job.fail(error);
      return false;
    }
    this.#jobs[index] = job;
    this.#taken++;
    if (job.taskTimeout > 0 || job instanceof BatchJob) writeF64(slot + SLOT_STARTED, 0); // who takes it writes when
    if (job.taskTimeout > 0) this.overdue.begin(job.taskTimeout);
    postSlot(board, index);
    return true;
  }

  #nameOf(key: TaskKey): number {
    let name = this.#names.get(key);
    if (name === undefined) {
      name = writeName(key, this.board + BOARD_NAMES);
      this.#names.set(key, name);
    }
    return name;
  }

  /** Frees a slot, and what it holds of the heap. */
  clear(index: number): void {
    this.abandon(index);
    emptySlot(this.board, index);
  }

  /** Forgets the job of a slot; one that a lost worker may still write to stays claimed until that ends. */
  abandon(index: number): void {
    if (this.#jobs[index]!.taskTimeout > 0) this.overdue.end();
    this.#jobs[index] = undefined;
    this.#taken--;
  }

  /** Takes a job back, and frees its slot; false if a worker has it. */
  retract(index: number): boolean {
    if (!retractSlot(this.board, index)) return false;
    this.clear(index);
    return true;
  }

  /** Calls `visit` with each job that stands on the board. */
  each(visit: (index: number, job: Job, slot: number) => void): void {
    for (let index = 0; index < SLOTS; index++) {
      const job = this.#jobs[index];
      if (job !== undefined) visit(index, job, slotAt(this.board, index));
    }
  }

  /** The same, those that were posted last first. */
  eachBackwards(visit: (index: number, job: Job) => void): void {
    const tail = atomicLoad(this.board + BOARD_TAIL);
    for (let step = 1; step <= SLOTS && this.#taken > 0; step++) {
      const index = (tail - step) & (SLOTS - 1);
      const job = this.#jobs[index];
      if (job !== undefined) visit(index, job);
    }
  }

  /** Calls `finish` with each slot that workers have handed over; returns whether there was one. */
  collect(finish: (index: number) => void): boolean {
    let any = false;
    for (let word = 0; word < SLOTS / 32; word++) {
      let bits = takeDone(this.board, word);
      while (bits !== 0) {
        const bit = 31 - Math.clz32(bits & -bits);
        bits = (bits & (bits - 1)) >>> 0;
        finish(word * 32 + bit);
        any = true;
      }
    }
    return any;
  }

  /** The record of the worker that has handed the slot over; 0 if none has. */
  finisher(index: number): number {
    const state = atomicLoad(this.at(index) + SLOT_STATE);
    return slotKind(state) === SLOT_DONE ? threadRecord(slotThread(state)) : 0;
  }

  /** Calls `finish` with each slot that a dead worker has handed over without yet setting the bit in the done map. */
  collectFrom(record: number, finish: (index: number) => void): void {
    for (let index = 0; index < SLOTS; index++) if (this.finisher(index) === record) finish(index);
  }

  /** Calls `visit` with each job that the worker with this record has claimed. */
  eachOf(record: number, visit: (index: number, job: Job, slot: number) => void): void {
    const claimed = claimedBy(threadSlot(record));
    this.each((index, job, slot) => {
      if (atomicLoad(slot + SLOT_STATE) === claimed) visit(index, job, slot);
    });
  }

  /** Frees the slots that a lost worker kept, now that it has ended. */
  freeKept(record: number): void {
    const thread = threadSlot(record);
    for (let index = 0; index < SLOTS; index++) {
      const slot = this.at(index);
      if (this.#jobs[index] !== undefined || slotThread(atomicLoad(slot + SLOT_STATE)) !== thread) continue;
      freeResult(slot);
      emptySlot(this.board, index);
    }
  }

  /** Whether a worker has the job of a slot, or has done it. */
  isBegun(index: number): boolean {
    return slotKind(atomicLoad(this.at(index) + SLOT_STATE)) !== SLOT_READY;
  }

  isRunning(index: number): boolean {
    return slotKind(atomicLoad(this.at(index) + SLOT_STATE)) === SLOT_CLAIMED;
  }

  /** Calls `end` with what has run longer than it may; returns how many milliseconds it is until something else has. */
  findOverdue(end: (job: Job, slot: number, state: number) => void): number {
    const now = performance.timeOrigin + performance.now();
    let next = Number.POSITIVE_INFINITY;
    this.each((_index, job, slot) => {
      if (job.taskTimeout === 0 || job.cancelled) return;
      const state = atomicLoad(slot + SLOT_STATE);
      const started = slotKind(state) === SLOT_CLAIMED ? readF64(slot + SLOT_STARTED) : 0;
      const left = job.taskTimeout - (started > 0 ? now - started : 0);
      if (left > 0) next = Math.min(next, left);
      else end(job, slot, state);
    });
    return next;
  }

  /** Forgets all jobs and lets go of the board: it returns with all that hangs on it, once no lost worker holds it. */
  leave(): void {
    this.each((index) => this.abandon(index));
    letGo(this.board);
  }
}
