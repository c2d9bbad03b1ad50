// Dicts, lists and namespaces that threads share, and objects that live in a worker.

export type { ManagedDict } from './dict';
export type { ManagedList } from './list';
export { Manager, type ManagerOptions, register } from './manager';
export type { Namespace } from './namespace';
export type { Remote } from './remote';
