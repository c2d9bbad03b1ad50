export declare function spin(steps: number): number;
