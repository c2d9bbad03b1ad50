// Who runs this thread: `currentProcess()` and `parentProcess()`.

import { runtime, type WorkerBoot } from '../runtime/runtime';

/** A thread of the program, as Python's processes name themselves. */
export interface ProcessInfo {
  readonly name: string;
  /** The main thread has the program's process id, workers count from 1. */
  readonly pid: number;
}

let boot: WorkerBoot | undefined;

/** In a worker: remembers what the parent told it. */
export function enterProcess(told: WorkerBoot): void {
  boot = told;
}

/** What this worker was told at its start; undefined in the main thread. */
export function bootOfThisWorker(): WorkerBoot | undefined {
  return boot;
}

/**
 * The process that the caller runs in: `MainProcess`, or the worker's name.
 *
 * @example
 * ```ts
 * console.log(currentProcess().name); // MainProcess
 * ```
 */
export function currentProcess(): ProcessInfo {
  return boot === undefined
    ? { name: 'MainProcess', pid: runtime().pid() }
    : { name: boot.name, pid: boot.pid };
}

/** The process that started this one; undefined in the main process. */
export function parentProcess(): ProcessInfo | undefined {
  return boot?.parent;
}
