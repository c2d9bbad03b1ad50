import type { ManagedDict, ManagedList, Remote } from 'manyhands';

export class Till {
  constructor(float?: number);
  sell(price: number): number;
  total(): Promise<number>;
  order(): Promise<unknown>;
  put(order: unknown): void;
  note<D>(dict: D, key: string): D;
  forever(): Promise<never>;
  quit(): void;
  unsendable(): unknown;
}
type Dict = ManagedDict<unknown, unknown>;
export function fillDict(dict: Dict, from: number, to: number): void;
export function countUp(dict: Dict, key: string, times: number): void;
export function pushTo(list: ManagedList<unknown>, who: string, times: number): void;
export function sellAt(till: Remote<Till>, price: number): Promise<number>;
export function nested(dict: Dict): Dict;
export function makeDict(): Dict;
export function churn(dict: Dict, seed: number, times: number): number;
export function look(namespace: object): object;
export function dieAt(dict: Dict, started: Int32Array): never;
