import type { Lock } from 'manyhands';

export function killed(lock: Lock, cells: Int32Array, exitAt: number): void;
