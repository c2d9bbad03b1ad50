// A worker knows every class that travels, whatever its tasks import: a program's bundle has only those it uses, and
// may pass any of them on. (Each class makes itself known to the codec in a static field.)

import * as managers from '../manager/kinds';
import * as memory from '../memory/index';
import * as queues from '../queue/index';
import * as sync from '../sync/index';

/** Keeps bundlers from dropping the classes. */
export const KINDS: readonly object[] = [sync, queues, memory, managers];
