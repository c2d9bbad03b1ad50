export declare const spin: (steps: number) => number;
