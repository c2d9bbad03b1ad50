/** Types of the tasks in tasks.mjs. */
import type { Barrier, Connection, JoinableQueue, Queue } from 'manyhands';

interface Seen {
  count: number;
  ordered: boolean;
}
export declare const produce: (queue: Queue<number>, producer: number, count: number) => number;
export declare const consume: (queue: Queue<number>) => Seen;
export declare const consumeAsync: (queue: Queue<number>) => Promise<Seen>;
export declare const tryProduce: (queue: Queue<number>, start: Barrier, count: number) => void;
export declare const produceMixed: (queue: Queue<{ i: number; text: string }>, count: number) => void;
export declare const echo: (input: Queue, output: Queue) => Promise<void>;
export declare const dieAfter: (queue: Queue<number>, count: number) => never;
export declare const stream: (queue: Queue<{ i: number; text: string }>) => never;
export declare const putShared: (queue: Queue<{ array: Float64Array }>, array: Float64Array) => void;
export declare const getForever: (queue: Queue) => never;
export declare const work: (queue: JoinableQueue, count: number) => number;
export declare const getAndDie: (queue: JoinableQueue, count: number) => never;
export declare const talk: (connection: Connection) => Promise<number>;
export declare const talkSync: (connection: Connection) => number;
export declare const sendAndDie: (connection: Connection, count: number) => never;
export declare const sendAndLeave: (connection: Connection, count: number) => void;
export declare const pollFor: (connection: Connection, timeout: number) => boolean;
