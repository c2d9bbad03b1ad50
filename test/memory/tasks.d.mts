/** Types of the tasks in tasks.mjs. */
import type { SharedArray, Value } from 'manyhands';

export declare const addTo: (integer: Value<'int32'>, float: Value<'d'>, count: number) => void;
export declare const fill: (array: SharedArray<'d'>, value: number) => void;
