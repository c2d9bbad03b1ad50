// Queues and pipes.

export { JoinableQueue, SimpleQueue } from './joinable';
export { Connection, pipe } from './pipe';
export { Queue } from './queue';
export { type Awaitable, type Blockable, waitAny, waitAnySync } from './waitAny';
