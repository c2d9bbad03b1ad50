// What a runtime cannot do, each with its reason. Every entry is asserted both ways: where it is true the case shows
// the typed error or the lesser behaviour, where it is false the full one. So a runtime that learns something turns
// its entry into a failing case.

const name =
  'Deno' in globalThis ? 'deno' : 'Bun' in globalThis ? 'bun' : 'document' in globalThis ? 'browser' : 'node';

export const runtimeName = name;

export const gaps = {
  /** A page's main thread may not block: the web forbids Atomics.wait there. */
  mainThreadCannotBlock: name === 'browser',
  /** A page has no process to exit from: a worker ends itself with `close()`, and nobody learns an exit code. */
  noExitCode: name === 'browser',
  /** A page has no `process` whose exit a function could wait for. */
  noExitHandlers: name === 'browser',
  /** A page's worker starts workers of its own from its event loop, which stands still while it blocks. */
  blockedThreadStartsNoWorkers: name === 'browser',
  /** A page shows no worker how much memory it uses: `maxMemoryPerChild` has no effect. */
  noMemoryUsage: name === 'browser',
  /** Only Node can give a worker a heap of its own size: elsewhere memory runs out for the whole program. */
  noHeapLimit: name !== 'node',
  /** Linux alone tells a program which threads it has: elsewhere who blocks hears of no death that its worker could not tell. */
  noThreadList: name === 'browser' || globalThis.process?.platform !== 'linux',
  /** Deno's terminate() ends no loop and no Atomics.wait: what such a worker could still write to is kept back. */
  loopsRunOn: name === 'deno',
  /** A page has no main module: whatever it imports is as much the entry as anything else. */
  noEntryModule: name === 'browser',
};

/** Kinds of heap blocks that a case may leave behind that terminates a worker in an endless loop. */
export const leftByLoops = gaps.loopsRunOn ? ['board', 'frame'] : [];
