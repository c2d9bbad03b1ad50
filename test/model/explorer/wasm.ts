// The same models over the shipped code: the portable sources are compiled as every kernel module is, the binary is
// written as text, and each instruction that touches memory becomes a call of a hook which gets the same operands.
// The rewriting is undone by another one, so a test can hold that nothing but these instructions was touched.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { INITIAL_PAGES } from '../../../assembly/heap/layout';
import { compileKernel } from '../../../src/build/compile';
import type * as ModelAtomics from './atomics';
import { type Loaded, load, root, type Substitutes } from './bundle';

/** Instructions that touch memory, with their operands after the address's offset: how many, and whether one returns. */
const INSTRUCTIONS: Record<
  string,
  [operands: number, result: boolean, hook: (atomics: typeof ModelAtomics, ...args: number[]) => unknown]
> = {
  'i32.load': [1, true, (a, p) => a.load32(p)],
  'i32.store': [2, false, (a, p, value) => a.store32(p, value)],
  'i32.atomic.load': [1, true, (a, p) => a.atomicLoad(p)],
  'i32.atomic.store': [2, false, (a, p, value) => a.atomicStore(p, value)],
  'i32.atomic.rmw.add': [2, true, (a, p, value) => a.atomicAdd(p, value)],
  'i32.atomic.rmw.and': [2, true, (a, p, value) => a.atomicAnd(p, value)],
  'i32.atomic.rmw.or': [2, true, (a, p, value) => a.atomicOr(p, value)],
  'i32.atomic.rmw.xchg': [2, true, (a, p, value) => a.atomicExchange(p, value)],
  'i32.atomic.rmw.cmpxchg': [
    3,
    true,
    (a, p, expected, desired) => a.atomicCompareExchange(p, expected, desired),
  ],
  'memory.atomic.notify': [2, true, (a, p, count) => a.notifyWord(p, count)],
  'memory.fill': [3, false, (a, p, value, length) => a.fillBytes(p, value, length)],
  'memory.copy': [3, false, (a, to, from, length) => a.copyBytes(to, from, length)],
  'memory.size': [0, true, (a) => a.memoryPages()],
  'memory.grow': [1, true, (a, pages) => a.growMemory(pages)],
};

/** Any instruction that reaches memory, also those that no portable source may use. */
const TOUCHES =
  /\((i32|i64|f32|f64|v128)\.(load|store|atomic)[\w.]*|\(memory\.(atomic\.\w+|fill|copy|size|grow|init)/g;

export interface Shipped {
  /** What the build makes of the sources, as text. */
  text: string;
  /** The same with hooks. */
  hooked: string;
  /** Instructions that were made hooks. */
  hooks: number;
  /** Whether the hooked text, with the hooks made instructions again, is the module that ships, text for text. */
  isUntouched: boolean;
  loaded: Loaded;
}

/** A module's text with its memory instructions as calls. */
export function hook(text: string): string {
  const body = text.replace(TOUCHES, (head) => {
    if (INSTRUCTIONS[head.slice(1)] === undefined)
      throw new Error(`Cannot hook ${head.slice(1)}: no portable source may use it`);
    return `(call $hook.${head.slice(1)}`;
  });
  // The offset, a number in the instruction, becomes the first argument.
  const withOffsets = body.replace(
    /\(call \$hook\.([\w.]+)(?: offset=(\d+))?/g,
    (_, name, offset) => `(call $hook.${name} (i32.const ${offset ?? 0})`,
  );
  return withOffsets.replace('(module', `(module\n${importLines().join('\n')}`);
}

/** Undoes {@link hook}. */
export function unhook(hooked: string): string {
  let text = hooked.replace(`(module\n${importLines().join('\n')}`, '(module');
  text = text.replace(
    /\(call \$hook\.([\w.]+) \(i32\.const (\d+)\)/g,
    (_, name, offset) => `(${name}${offset === '0' ? '' : ` offset=${offset}`}`,
  );
  return text;
}

function importLines(): string[] {
  return Object.entries(INSTRUCTIONS).map(
    ([name, [operands, result]]) =>
      ` (import "hook" "${name}" (func $hook.${name} (param${' i32'.repeat(operands + 1)})${result ? ' (result i32)' : ''}))`,
  );
}

/** Loads a file of models over the compiled functions. */
export async function loadShipped(name: string): Promise<Shipped> {
  const sources = await portableSources(name);
  const functions = sources.flatMap((file) => exportedFunctions(file).map((one) => ({ file, ...one })));
  const { text, features } = await compileText(functions);
  const hooked = hook(text);
  const { default: binaryen } = await import('binaryen');
  const module = binaryen.parseText(hooked);
  module.setFeatures(features);
  let atomics: typeof ModelAtomics | undefined;
  const instance = instantiate(module.emitBinary(), () => atomics!);
  const substitutes: Substitutes = new Map();
  for (const file of sources) {
    const lines = functions
      .filter((one) => one.file === file)
      .map(
        ({ name: fn, result }) =>
          `export const ${fn} = (...args) => ${convert(result, `shipped.f${functions.findIndex((one) => one.file === file && one.name === fn)}(...args)`)};`,
      );
    substitutes.set(file, [`export * from 'shipped:${file}';`, ...lines].join('\n'));
  }
  const loaded = await load(name, undefined, substitutes, instance);
  atomics = loaded.atomics;
  const plain = binaryen.parseText(unhook(hooked));
  plain.setFeatures(features);
  // A function's type may be named beside its parameters and results, or not; a custom section is a comment.
  const untyped = (one: string) => one.replace(/ \(type \$\w+\)|\n ;; custom section .*/g, '');
  const isUntouched = unhook(hooked) === text && untyped(plain.emitText()) === untyped(text);
  return { text, hooked, hooks: hooked.split('(call $hook.').length - 1, isUntouched, loaded };
}

/** The portable files that a file of models uses. */
async function portableSources(name: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [join(root, `test/model/models/${name}.ts`)],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    logLevel: 'silent',
    absWorkingDir: root,
    outdir: 'out',
  });
  return Object.keys(metafile.inputs)
    .filter((file) => file.startsWith('assembly/') && !file.startsWith('assembly/atomics/'))
    .sort();
}

/** The functions of a file that take and give numbers. */
function exportedFunctions(file: string): Array<{ name: string; result: string }> {
  const text = readFileSync(join(root, file), 'utf8');
  const numbers = /^(?:\s*\w+: (?:i32|u32|usize|f64|boolean)(?: = [\w.]+)?,?\s*)*$/;
  return [...text.matchAll(/^export function (\w+)\(([^)]*)\): (\w+) \{/gm)]
    .filter((match) => numbers.test(match[2]))
    .map((match) => ({ name: match[1], result: match[3] }));
}

/** The module that the kernel build makes of these functions, the n-th exported as `f<n>`. */
async function compileText(
  functions: Array<{ file: string; name: string }>,
): Promise<{ text: string; features: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'manyhands-model-'));
  try {
    const lines = functions.map(
      ({ file, name }, i) => `export { ${name} as f${i} } from "manyhands/${file.slice(0, -3)}";`,
    );
    writeFileSync(join(folder, 'portable.ts'), lines.join('\n'));
    const { threads } = await compileKernel({
      name: 'portable',
      entry: 'portable.ts',
      baseDir: folder,
      window: 0,
      assemblyDir: join(root, 'assembly'),
    });
    const { default: binaryen } = await import('binaryen');
    const module = binaryen.readBinary(threads);
    const text = module.emitText();
    const features = module.getFeatures();
    module.dispose();
    return { text, features };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function instantiate(binary: Uint8Array, atomics: () => typeof ModelAtomics): WebAssembly.Exports {
  const hooks = Object.fromEntries(
    Object.entries(INSTRUCTIONS).map(([name, [, , call]]) => [
      name,
      (offset: number, p = 0, ...rest: number[]) =>
        call(atomics(), name === 'memory.grow' ? p : p + offset, ...rest),
    ]),
  );
  const module = new WebAssembly.Module(binary as Uint8Array<ArrayBuffer>);
  const env: Record<string, unknown> = {
    memory: new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: 65536, shared: true }),
    wait32: (p: number, expected: number, timeoutMs: number) => atomics().waitWord(p, expected, timeoutMs),
  };
  for (const { name, kind } of WebAssembly.Module.imports(module)) {
    if (kind === 'global') env[name] ??= new WebAssembly.Global({ value: 'i32' }, 0);
    else if (kind === 'function')
      env[name] ??= () => {
        throw new Error(`abort in the compiled code (${name})`);
      };
  }
  return new WebAssembly.Instance(module, { hook: hooks, env } as WebAssembly.Imports).exports;
}

/** What JavaScript makes of a compiled function's result. */
function convert(result: string, call: string): string {
  if (result === 'boolean') return `(${call}) !== 0`;
  return result === 'u32' || result === 'usize' ? `(${call}) >>> 0` : call;
}
