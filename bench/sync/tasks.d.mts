import type { Barrier, Event, Lock } from 'manyhands';

export function contend(lock: Lock, cells: Int32Array, n: number): void;
export function hammer(
  lock: Lock,
  cells: Int32Array,
  ms: number,
  me: number,
): [count: number, handOvers: number];
export function ping(there: Event, back: Event, n: number): void;
export function pong(there: Event, back: Event, n: number): void;
export function barePing(cells: Int32Array, n: number): void;
export function barePong(cells: Int32Array, n: number): void;
export function meet(barrier: Barrier, n: number): void;
export function bareMeet(cells: Int32Array, parties: number, n: number): void;
