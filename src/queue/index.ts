// Queues and pipes.

export { Queue } from './queue';
