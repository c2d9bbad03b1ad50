/** Types of the task in tasks.mjs. */
export declare const square: (x: number) => number;
