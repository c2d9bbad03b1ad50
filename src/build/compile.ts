// Compiles kernel modules: AssemblyScript source → a threaded and a single-threaded WebAssembly binary.
//
// What this adds to asc: our runtime in place of its stub, the portable sources as `manyhands/assembly/…`,
// waiting as an import, and static data moved from data segments (which every new instance would write again,
// over what the others have there) into a custom section that the host writes once, at a window of addresses
// that belongs to the module alone. The window and a hash of the data stand in that section for the host's check.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { INITIAL_PAGES, WINDOW_BYTES, WINDOWS_AT, WINDOWS_MAX } from '../../assembly/heap/layout';
import { customSection, extractData, type StaticData, writeSections } from './wasm';

/** The custom section that holds a module's window and static data. */
export const STATIC_SECTION = 'manyhands.static';

export interface CompileOptions {
  /** Name of the module: messages, and the file name of the output. */
  name: string;
  /** Source files by path (relative to `baseDir`); the first is the entry. */
  entry: string;
  baseDir: string;
  /** First static window of the module, 0 … 63; a module with more than 64 KiB of static data takes several. */
  window: number;
  /** Folder of the portable sources. */
  assemblyDir: string;
}

export interface CompiledKernel {
  threads: Uint8Array;
  single: Uint8Array;
  /** Signatures of the exported functions, as asc's type declarations. */
  declarations: string;
}

let turn: Promise<unknown> = Promise.resolve();

/** Compiles `entry` both ways; throws an Error with asc's message if the source is wrong. */
export function compileKernel(options: CompileOptions): Promise<CompiledKernel> {
  // One at a time: asc has one table of library files, and ours differ from build to build.
  const compiled = turn.then(() => compileBoth(options));
  turn = compiled.catch(() => {});
  return compiled;
}

async function compileBoth(options: CompileOptions): Promise<CompiledKernel> {
  const threads = await compileOnce(options, true);
  const single = await compileOnce(options, false);
  return { threads: threads.binary, single: single.binary, declarations: threads.declarations };
}

async function compileOnce(
  options: CompileOptions,
  threaded: boolean,
): Promise<{ binary: Uint8Array; declarations: string }> {
  const asc = (await import('assemblyscript/asc')) as typeof import('assemblyscript/asc');
  const { name, entry, baseDir, window, assemblyDir } = options;
  const base = WINDOWS_AT + window * WINDOW_BYTES;
  const outputs = new Map<string, Uint8Array | string>();
  const errors: string[] = [];
  const library = portableLibrary(assemblyDir, threaded);
  const saved = { ...asc.libraryFiles };
  Object.assign(asc.libraryFiles, library, {
    'rt/stub': readFileSync(join(assemblyDir, 'rt/stub.ts'), 'utf8'),
  });
  let outcome: Awaited<ReturnType<typeof asc.main>>;
  try {
    outcome = await asc.main(
      [entry, ABI_FILE, ...flags(assemblyDir, threaded ? 'threads' : 'single'), '--memoryBase', String(base)],
      {
        readFile(file) {
          if (file === ABI_FILE) return ABI_SOURCE;
          try {
            return readFileSync(join(baseDir, file), 'utf8');
          } catch {
            return null;
          }
        },
        writeFile(file, contents) {
          outputs.set(file, contents);
        },
        listFiles: () => [],
        stderr: { write: (text: string | Uint8Array) => void errors.push(String(text)) },
      },
    );
  } finally {
    for (const key of Object.keys(asc.libraryFiles)) if (!(key in saved)) delete asc.libraryFiles[key];
    Object.assign(asc.libraryFiles, saved);
  }
  const binary = outputs.get('out.wasm');
  if (outcome.error || !(binary instanceof Uint8Array)) {
    throw new Error(`Cannot compile the kernel module ${name}: ${errors.join('').trim() || outcome.error}`);
  }
  return {
    binary: moveStaticData(name, binary, window),
    declarations: String(outputs.get('out.d.ts') ?? ''),
  };
}

/** The command line of a build: the project's asconfig.json, with what depends on the heap's layout. */
function flags(assemblyDir: string, target: 'threads' | 'single'): string[] {
  const config = JSON.parse(readFileSync(join(assemblyDir, '../asconfig.json'), 'utf8')) as {
    options: Record<string, unknown>;
    targets: Record<string, Record<string, unknown>>;
  };
  const all: Record<string, unknown> = {
    ...config.options,
    ...config.targets[target],
    outFile: 'out.wasm',
    initialMemory: INITIAL_PAGES,
  };
  return Object.entries(all).flatMap(([name, value]) => {
    if (value === true) return [`--${name}`];
    return [`--${name}`, Array.isArray(value) ? value.join(',') : String(value)];
  });
}

const ABI_FILE = '__manyhands_abi.ts';

/** The entry that every module is compiled with: where its static data ends, and the arena's reset. */
const ABI_SOURCE = `
export const __mh_static_end: usize = __heap_base;
export { __mh_reset } from "rt/stub";
`;

/** The portable sources under the names that kernels import them by. */
function portableLibrary(assemblyDir: string, threaded: boolean): Record<string, string> {
  const library: Record<string, string> = {};
  for (const file of readdirSync(assemblyDir, { recursive: true, encoding: 'utf8' }) as string[]) {
    const path = file.replaceAll('\\', '/');
    if (
      !path.endsWith('.ts') ||
      path.endsWith('.d.ts') ||
      path.startsWith('kernels/') ||
      path === 'rt/stub.ts'
    )
      continue;
    library[`manyhands/assembly/${path.slice(0, -3)}`] = readFileSync(join(assemblyDir, path), 'utf8');
  }
  library['manyhands/assembly/atomics/index'] =
    library[`manyhands/assembly/atomics/${threaded ? 'wasm' : 'single'}`];
  delete library['manyhands/assembly/atomics/js'];
  return library;
}

/** Moves the data segments of a binary into the custom section, after checking that they keep to the window. */
function moveStaticData(name: string, binary: Uint8Array, window: number): Uint8Array {
  const base = WINDOWS_AT + window * WINDOW_BYTES;
  const { sections, data } = extractData(binary);
  const end = data.reduce((most, { address, bytes }) => Math.max(most, address + bytes.length), base);
  const windows = Math.max(1, Math.ceil((end - base) / WINDOW_BYTES));
  if (window + windows > WINDOWS_MAX || data.some(({ address }) => address < base)) {
    throw new Error(
      `Cannot place the static data of ${name}: ${end - base} bytes at window ${window}, of ${WINDOWS_MAX} windows of ${WINDOW_BYTES} bytes`,
    );
  }
  sections.push(customSection(STATIC_SECTION, encodeStatic(name, window, windows, data)));
  return writeSections(sections);
}

/** Window, number of windows, hash of the data, module name, then each segment; numbers are little-endian u32. */
function encodeStatic(name: string, window: number, windows: number, data: StaticData[]): Uint8Array {
  const hash = createHash('sha256').update(name);
  for (const { address, bytes } of data) hash.update(String(address)).update(bytes);
  const words = [window, windows, (hash.digest().readUInt32LE(0) | 1) >>> 0, data.length];
  for (const { address, bytes } of data) words.push(address, bytes.length);
  const label = new TextEncoder().encode(basename(name));
  const parts = [
    new Uint8Array(new Uint32Array([...words, label.length]).buffer),
    label,
    ...data.map((d) => d.bytes),
  ];
  return new Uint8Array(Buffer.concat(parts));
}
