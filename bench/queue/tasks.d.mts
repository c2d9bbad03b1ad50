/** Types of the tasks in tasks.mjs. */
import type { Connection, Queue } from 'manyhands';
import type { PayloadName } from './payloads.mjs';

export declare const produce: (queue: Queue, kind: PayloadName, count: number, first?: number) => void;
export declare const consume: (queue: Queue, kind: PayloadName, count: number) => number;
export declare const consumeInto: (queue: Queue, kind: PayloadName, count: number) => number;
export declare const ping: (connection: Connection, count: number) => Float64Array;
export declare const pong: (connection: Connection, count: number) => void;
