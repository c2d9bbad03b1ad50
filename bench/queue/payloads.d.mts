/** Types of payloads.mjs. */
export type PayloadName = 'numbers' | 'pairs' | 'objects' | '1 KiB' | '64 KiB';
export declare const PAYLOADS: Readonly<
  Record<PayloadName, { make(i: number): unknown; read(message: never): number }>
>;
