/** Types of the task in tasks.mjs. */
export declare const square: (x: number) => number;
export declare const lengthOf: (bytes: Uint8Array) => number;
