// Which functions workers can run, and by what name they find them.

import { NotShareableError } from '../errors';
import { runtime } from '../runtime/runtime';

// biome-ignore lint/suspicious/noExplicitAny: a task may take and return anything
export type AnyFunction = (...args: any[]) => any;

/** How a worker finds a function: `url#name` of a module, `id#name` of a registered group, or source text. */
export type TaskKey = string;

const SOURCE = 'inline:';
const byKey = new Map<TaskKey, AnyFunction>();
const keys = new WeakMap<AnyFunction, TaskKey>();

/**
 * Declares functions that workers can run; returns them, still callable here.
 *
 * A worker imports the module at `url` and finds each function there by its name, so the call stands at the top
 * level of the module. Where a bundler rewrites URLs give any stable id instead of the URL, and import the
 * module in the worker's own file (see the `worker` option of Pool).
 *
 * @param url `import.meta.url` of the module, or a stable id
 * @param functions by name, sync or async
 * @returns `functions`
 * @throws {TypeError} if a value is not a function
 * @example
 * ```ts
 * export const { double } = tasks('docs', { double: (x: number) => 2 * x });
 * console.log(double(21)); // 42
 * ```
 */
export function tasks<T extends Record<string, AnyFunction>>(url: string | undefined, functions: T): T {
  for (const [name, fn] of Object.entries(functions)) {
    if (typeof fn !== 'function')
      throw new TypeError(`Cannot declare the task ${name}: wanted a function, came ${typeof fn}`);
    declareTask(`${url}#${name}`, fn);
  }
  return functions;
}

/** Makes `fn` known as `key`; the first key of a function stays. */
export function declareTask(key: TaskKey, fn: AnyFunction): void {
  byKey.set(key, fn);
  if (!keys.has(fn)) keys.set(fn, key);
}

/**
 * A self-contained function, shipped to workers as source text: it may use its parameters, what it declares
 * itself and the language's globals, nothing else.
 *
 * @returns `fn`, which pools now accept; a worker refuses it with `NotShareableError` if it has free variables
 * @example
 * ```ts
 * const cube = inline((x: number) => x ** 3);
 * console.log(cube(3)); // 27
 * ```
 */
export function inline<T extends AnyFunction>(fn: T): T {
  if (typeof fn !== 'function') throw new TypeError(`Cannot ship ${typeof fn} as source: wanted a function`);
  const source = Function.prototype.toString.call(fn);
  if (source.includes('[native code]')) {
    throw new NotShareableError(`Cannot ship ${fn.name || 'the function'} as source: it is native or bound`);
  }
  if (!keys.has(fn)) keys.set(fn, SOURCE + source);
  return fn;
}

/** The function's key; throws with the two ways to declare it. */
export function keyOf(fn: unknown): TaskKey {
  if (typeof fn !== 'function') throw new TypeError(`Cannot run ${typeof fn} in a worker: wanted a function`);
  const key = keys.get(fn as AnyFunction);
  if (key === undefined) {
    const name = fn.name || 'fn';
    throw new NotShareableError(
      `Cannot run ${name} in a worker, because workers do not know it: declare it in its module with` +
        ` "export const { ${name} } = tasks(import.meta.url, { ${name}() { … } })",` +
        ` or, if it uses nothing from around it, pass "inline(${name})"`,
    );
  }
  return key;
}

/** The name to show for a key. */
export function taskName(key: TaskKey): string {
  return key.startsWith(SOURCE) ? 'inline function' : key.slice(key.lastIndexOf('#') + 1);
}

/** The function of a key, at once if this thread knows it; imports its module otherwise. */
export function findTask(key: TaskKey): AnyFunction | Promise<AnyFunction> {
  return byKey.get(key) ?? loadTask(key);
}

async function loadTask(key: TaskKey): Promise<AnyFunction> {
  if (key.startsWith(SOURCE)) {
    const { compileInline } = await import('./_inline-source');
    const fn = compileInline(key.slice(SOURCE.length), NotShareableError);
    byKey.set(key, fn);
    return fn;
  }
  const url = key.slice(0, key.lastIndexOf('#'));
  if (/^(file|https?|data|blob|node|npm|jsr):/.test(url)) await import(/* @vite-ignore */ url);
  const fn = byKey.get(key);
  if (fn === undefined) {
    throw new NotShareableError(
      `Cannot find the task ${taskName(key)} in a worker: "${url}" did not declare it there. Call tasks() at the` +
        ' top level of the module, outside of any condition; with an id instead of a URL, import the module in the' +
        ' worker file that the "worker" option starts',
    );
  }
  return fn;
}

/**
 * Whether the module is the program's entry point and the thread is not one of our workers: what
 * `__name__ == '__main__'` is in Python.
 *
 * @param url `import.meta.url`
 */
export function isMain(url: string | undefined): boolean {
  return runtime().isMainThread && runtime().isEntry(url);
}
