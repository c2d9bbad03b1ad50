export function square(x: number): number;
export function later<T>(value: T, ms: number): Promise<T>;
export function fail(message: string): never;
