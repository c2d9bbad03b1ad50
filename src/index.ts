// Everything that `manyhands` exports, the same for every runtime: src/runtime/platform.ts names the one of a build.

export { registerError } from './codec/index';
export * from './errors';
export { type ExecutorMapOptions, type ExecutorOptions, ProcessPoolExecutor } from './futures/executor';
export { Future } from './futures/future';
export { asCompleted, type ReturnWhen, type WaitResult, wait } from './futures/wait';
export { release, sharedArray } from './heap/array';
export { type HeapStats, heapStats } from './heap/stats';
export * from './manager/index';
export * from './memory/index';
export type { CallOptions, ImapCallOptions, MapCallOptions, PoolOptions } from './pool/_options';
export { type AsyncCallbacks, AsyncResult } from './pool/asyncResult';
export { availableBackends, cpuCount, explain } from './pool/default';
export type { Insights, TraceEvent, WorkerInsight } from './pool/insights';
export { Pool } from './pool/pool';
export type { Progress } from './pool/progress';
export { activeChildren, type ChildProcess } from './process/children';
export { type Context, getContext } from './process/context';
export { currentProcess, type ProcessInfo, parentProcess } from './process/current';
export { Process, type ProcessOptions } from './process/process';
export * from './queue/index';
export * from './sync/index';
export { inline, isMain, tasks } from './tasks/registry';
