// Loads kernel modules: one compiled module a family in the program, one instance of it in each thread.
// Static data is written once, by the first thread that loads the module; every module owns a window of
// addresses for it (assembly/heap/layout.ts), and a module that would write into another's is refused.

import {
  atomicCompareExchange,
  atomicLoad,
  atomicStore,
  boundMemory,
  heapBytes,
  waitWord,
} from '../../assembly/atomics/index';
import { HEADER_WINDOWS, WINDOW_BYTES, WINDOWS_AT } from '../../assembly/heap/layout';
import { isThreadAlive } from '../../assembly/heap/threads';
import { BlockingNotAllowedError, InvalidStateError, KernelTrapError } from '../errors';
import { isHeapShared, renewViews, thisOwner, thisThread } from '../heap/heap';
import { letGoOfMessages } from '../heap/holds';
import { inSection, persist } from '../heap/section';
import { runtime } from '../runtime/runtime';
import { kick } from '../sync/_park';

/** A family of kernels: one WebAssembly module, in two builds of the same source. */
export interface Family {
  name: string;
  /** The binaries, each in a chunk of its own that is imported on first use. */
  threads: () => Promise<{ default: string }>;
  single: () => Promise<{ default: string }>;
}

export type KernelExports = Record<string, (...args: number[]) => number>;

const modules = new Map<string, WebAssembly.Module>();
const instances = new Map<string, KernelExports>();
const STATIC_SECTION = 'manyhands.static';

/** Gives a family's compiled module, for runtimes that refuse to compile bytes (edge): `import m from './x.wasm'`. */
export function provideModule(family: string, module: WebAssembly.Module): void {
  modules.set(family, module);
}

/** The instance of the family in this thread; loads and compiles it on first use. */
export async function loadKernels(family: Family): Promise<KernelExports> {
  const ready = instances.get(family.name);
  if (ready !== undefined) return ready;
  if (!modules.has(family.name)) {
    const { default: text } = await (isHeapShared() ? family.threads() : family.single());
    modules.set(family.name, await WebAssembly.compile(decodeBase64(text)));
  }
  return instantiate(family.name);
}

/**
 * Like {@link loadKernels}, at once.
 * @throws {InvalidStateError} where the runtime can neither read a file synchronously nor has the module yet.
 */
export function loadKernelsSync(family: Family): KernelExports {
  const ready = instances.get(family.name);
  if (ready !== undefined) return ready;
  if (!modules.has(family.name)) {
    const file = `${family.name}.${isHeapShared() ? 'threads' : 'single'}.wasm`;
    const bytes = runtime().readBeside(file);
    if (bytes === undefined) {
      throw new InvalidStateError(
        `Cannot load the kernels "${family.name}" synchronously in this runtime: await one call of a kernel of this family first, without "Sync"`,
      );
    }
    modules.set(family.name, new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>));
  }
  return instantiate(family.name);
}

/** Whether the family is loaded in this thread. */
export function isLoaded(family: Family): boolean {
  return instances.has(family.name);
}

function instantiate(name: string): KernelExports {
  const module = modules.get(name)!;
  const thread = thisThread();
  writeStaticData(name, module);
  const instance = new WebAssembly.Instance(module, {
    env: {
      memory: boundMemory(),
      thread: new WebAssembly.Global({ value: 'i32', mutable: false }, thread),
      wait32(p: number, expected: number, timeoutMs: number) {
        if (runtime().canBlock()) return waitWord(p >>> 0, expected, timeoutMs);
        throw new BlockingNotAllowedError(
          `Cannot wait in the kernels "${name}" here: this thread may not block, run them in a worker`,
        );
      },
      notify32: (p: number) => kick(p >>> 0),
      now: () => performance.now(),
      letGoOfMessage: (slot: number) => letGoOfMessages(slot >>> 0, slot >>> 0),
      abort: (message: number, file: number, line: number, column: number) => {
        renewViews();
        const where = `${readAscString(file)}:${line}:${column}`;
        throw new KernelTrapError(
          `Cannot go on in the kernels "${name}": ${readAscString(message)} (${where})`,
        );
      },
    },
  });
  const exports = instance.exports as unknown as KernelExports;
  exports.__mh_start?.();
  instances.set(name, exports);
  return exports;
}

/** A string of AssemblyScript's: its length in bytes stands 4 bytes before it. */
function readAscString(address: number): string {
  const at = address >>> 0;
  if (at === 0) return '';
  const bytes = heapBytes(at);
  const length = new DataView(bytes.buffer, at - 4, 4).getUint32(0, true);
  return String.fromCharCode(...new Uint16Array(heapBytes(at + length).slice(at, at + length).buffer));
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

// A window's two header words:
//   hash    0 free · else the hash of the module that owns the window
//   state   0 not written · owner id of the thread that is writing · WRITTEN
const WRITTEN = 0xffffffff;

/** Writes a module's static data if no thread has done so; waits while another is at it. */
function writeStaticData(name: string, module: WebAssembly.Module): void {
  const [section] = WebAssembly.Module.customSections(module, STATIC_SECTION);
  if (section === undefined) {
    throw new InvalidStateError(
      `Cannot load the kernels "${name}": not a module that "manyhands build" has made`,
    );
  }
  const words = new Uint32Array(section, 0, section.byteLength >>> 2);
  const [window, windows, hash] = words;
  for (let i = window; i < window + windows; i++) {
    const at = HEADER_WINDOWS + i * 8;
    const owner = atomicCompareExchange(at, 0, hash);
    if (owner !== 0 && owner !== hash) {
      throw new InvalidStateError(
        `Cannot load the kernels "${name}": another module has its static data in window ${i}: build one of the two with another "window"`,
      );
    }
  }
  const state = HEADER_WINDOWS + window * 8 + 4;
  inSection(() => {
    if (persist(() => takeWindow(state), BUSY) === WRITTEN) return;
    try {
      copySegments(name, section);
    } catch (error) {
      atomicStore(state, 0);
      throw error;
    }
    atomicStore(state, WRITTEN);
  });
}

const BUSY = 1;
const TAKEN = 2;

/** Makes this thread the one that writes: TAKEN, WRITTEN if that is done, or BUSY while another is at it. */
function takeWindow(state: number): number {
  const seen = atomicLoad(state);
  if (seen === WRITTEN) return WRITTEN;
  if (seen !== 0 && isThreadAlive(seen)) return BUSY;
  return atomicCompareExchange(state, seen, thisOwner()) === seen ? TAKEN : BUSY;
}

/** Copies the static data to where the module expects it. */
function copySegments(name: string, section: ArrayBuffer): void {
  const words = new Uint32Array(section, 0, section.byteLength >>> 2);
  const [window, windows, , segments] = words;
  let segment = 4;
  let from = (4 + segments * 2 + 1) * 4 + words[4 + segments * 2];
  const bytes = new Uint8Array(section);
  for (let left = segments; left > 0; left--, segment += 2) {
    const address = words[segment];
    const length = words[segment + 1];
    if (
      address < WINDOWS_AT + window * WINDOW_BYTES ||
      address + length > WINDOWS_AT + (window + windows) * WINDOW_BYTES
    ) {
      throw new InvalidStateError(
        `Cannot load the kernels "${name}": static data outside of its window ${window}`,
      );
    }
    heapBytes(address + length).set(bytes.subarray(from, from + length), address);
    from += length;
  }
}
