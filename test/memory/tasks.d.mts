/** Types of the tasks in tasks.mjs. */
import type {
  Condition,
  Event,
  Once,
  Queue,
  ShareableList,
  SharedArray,
  SharedMemory,
  Value,
} from 'manyhands';

export declare const addTo: (integer: Value<'int32'>, float: Value<'d'>, count: number) => void;
export declare const fill: (array: SharedArray<'d'>, value: number) => void;
export declare const holdAndDie: (handles: unknown[], event: Event) => void;
export declare const waitFor: (condition: Condition, event: Event) => void;
// biome-ignore lint/suspicious/noExplicitAny: whatever the queue carries
export declare const makeAndPut: (queue: Queue<any>) => void;
export declare const returnFresh: (i: number) => [Int32Array, Once];
export declare const getOne: (queue: Queue) => void;
export declare const sortForEver: () => Promise<void>;
export declare const stop: (handle: unknown) => void;
export declare const disposeQueue: () => void;
export declare const readNamed: (name: string, index: number) => [number, number];
export declare const writeMemory: (memory: SharedMemory, index: number, value: number) => void;
export declare const createAndDie: (left: string, gone: string) => void;
export declare const createInTurn: (i: number | string) => string;
export declare const setItems: (list: ShareableList<string>, letter: string, count: number) => void;
export declare const dieInItem: (list: ShareableList<string>, index: number) => void;
