// Programs of programs.ts in a page, in whatever browser is there: their lines and their exit code come as from a program.

import { join, relative } from 'node:path';
import { type BrowserName, browsers, visit } from './browsers';
import type { Ended } from './programs';

const root = join(import.meta.dirname, '../..');

/** The browsers that are there. */
export const presentBrowsers = (Object.keys(browsers) as BrowserName[]).filter(
  (name) => browsers[name].find() !== undefined,
);

/** A page whose main module is the program; page-process.ts finds its arguments. */
function scriptsOf(url: string, args: readonly string[], env: Record<string, string | undefined>): string {
  const program = JSON.stringify({ argv: ['', url, ...args], env });
  return `<script>
globalThis.manyhandsProgram = ${program};
// WebKitGTK has no such symbols yet: as pages bring them along that use what has them.
for (const name of ['dispose', 'asyncDispose']) {
  if (!(name in Symbol)) Object.defineProperty(Symbol, name, { value: Symbol.for('Symbol.' + name) });
}
for (const name of ['log', 'error']) {
  const shown = console[name];
  console[name] = (...values) => {
    shown.apply(console, values);
    tell({ line: values.map((value) => value?.stack ?? String(value)).join(' ') });
  };
}
</script>
<script type="module">
try {
  // The program is the page's entry (isMain): a script that is put in so does not run, which the import does.
  document.head.insertAdjacentHTML('beforeend', '<script type="module" src="${url}"><\\/script>');
  await import(${JSON.stringify(url)});
  await tell({ isolated: crossOriginIsolated, code: manyhandsProgram.exitCode ?? 0 });
} catch (error) {
  await tell({ failed: String(error?.stack ?? error) });
}
</script>`;
}

/**
 * Runs a program that {@link bundleProgram} has made for a page to its end, its output shown too if `show` says so.
 *
 * @param limitMs how long the page may say nothing
 */
export async function runInPage(
  browser: BrowserName,
  file: string,
  args: readonly string[] = [],
  { limitMs = 60_000, env = {}, show = false } = {},
): Promise<Ended> {
  const path = browsers[browser].find();
  if (path === undefined) throw new Error(`Cannot run a page: there is no ${browser}`);
  const url = `/${relative(root, file).replaceAll('\\', '/')}`;
  let output = '';
  const hear = ({ line }: { line?: string }) => {
    if (line === undefined) return;
    output += `${line}\n`;
    if (show) console.log(line);
  };
  const all: Record<string, string | undefined> = { ...process.env, ...env };
  const ours = Object.entries(all).filter(([name]) => name.startsWith('MANYHANDS_'));
  const scripts = scriptsOf(url, args, Object.fromEntries(ours));
  const { code } = await visit<{ line?: string; code?: number; isolated?: boolean }>(
    browsers[browser],
    path,
    {
      scripts,
      hear,
      limitMs,
    },
  );
  return { code: code as number, output };
}
