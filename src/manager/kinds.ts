// The classes of this folder that travel: every worker knows them.

export { ManagedDict } from './dict';
export { ManagedList } from './list';
export { Namespace } from './namespace';
export { RemoteObject } from './remote';
