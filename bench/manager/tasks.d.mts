import type { ManagedDict } from 'manyhands';

type Dict = ManagedDict<string, number>;
export function setAll(dict: Dict, names: readonly string[], count: number): void;
export function getAll(dict: Dict, names: readonly string[], count: number): number;
export function addAll(dict: Dict, names: readonly string[], count: number): void;
