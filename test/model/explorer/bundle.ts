// Loads a file of models: esbuild bundles it with the portable sources it calls, whose way to memory becomes the
// explorer's, and whose text may be changed on the way (a seeded mutant). The same file runs over the shipped wasm
// if another set of functions is given in the portable sources' place (wasm.ts).

import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { build, type Plugin } from 'esbuild';
import type * as ModelAtomics from './atomics';
import type { Model } from './model';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const here = join(root, 'test/model');

/** A change of one portable source: `find` must stand there exactly once. */
export interface Mutation {
  /** Path of the source, from the project's root. */
  file: string;
  find: string;
  replace: string;
}

export interface Loaded {
  models: Model[];
  bind: typeof ModelAtomics.bind;
  atomics: typeof ModelAtomics;
  sourceMap: SourceMap;
}

/** What stands in the place of the portable sources: text of a module, by path from the root. */
export type Substitutes = Map<string, string>;

interface Bundle {
  models: { default: Model | Model[] };
  atomics: typeof ModelAtomics;
}

/** Loads `test/model/models/<name>.ts`. */
export async function load(
  name: string,
  mutation?: Mutation,
  substitutes?: Substitutes,
  globals?: unknown,
): Promise<Loaded> {
  const result = await build({
    stdin: {
      contents: `import * as models from './models/${name}'; import * as atomics from './explorer/atomics'; result({ models, atomics });`,
      resolveDir: here,
      sourcefile: 'entry.ts',
    },
    bundle: true,
    write: false,
    format: 'iife',
    target: 'node20',
    outfile: 'bundle.js',
    sourcemap: 'external',
    logLevel: 'silent',
    plugins: [portable(mutation, substitutes)],
  });
  const file = (end: string) => result.outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';
  let bundle: Bundle | undefined;
  const script = new Script(`(function (result, shipped) {${file('.js')}\n})`, { filename: 'bundle.js' });
  script.runInThisContext()((value: Bundle) => (bundle = value), globals);
  if (bundle === undefined) throw new Error(`Cannot load the models of ${name}`);
  const { default: models } = bundle.models;
  return {
    models: Array.isArray(models) ? models : [models],
    bind: bundle.atomics.bind,
    atomics: bundle.atomics,
    sourceMap: new SourceMap(JSON.parse(file('.map'))),
  };
}

function portable(mutation: Mutation | undefined, substitutes: Substitutes | undefined): Plugin {
  let applied = false;
  return {
    name: 'portable',
    setup(builder) {
      builder.onResolve({ filter: /atomics\/index(\.ts)?$/ }, () => ({
        path: join(here, 'explorer/atomics.ts'),
      }));
      builder.onResolve({ filter: /^shipped:/ }, ({ path }) => ({
        path: join(root, path.slice(8)),
        namespace: 'file',
      }));
      builder.onResolve({ filter: /assembly\// }, ({ path, resolveDir, importer }) => {
        const file = `${relative(root, resolve(resolveDir, path)).replaceAll('\\', '/').replace(/\.ts$/, '')}.ts`;
        if (substitutes?.has(file) !== true || importer.includes('shipped')) return undefined;
        return { path: file, namespace: 'shipped' };
      });
      builder.onLoad({ filter: /.*/, namespace: 'shipped' }, ({ path }) => ({
        contents: substitutes?.get(path) ?? '',
        loader: 'ts',
        resolveDir: here,
      }));
      builder.onLoad({ filter: /assembly[\\/].*\.ts$/ }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        if (mutation === undefined || resolve(root, mutation.file) !== path)
          return { contents: text, loader: 'ts' };
        applied = true;
        return { contents: mutate(text, mutation), loader: 'ts' };
      });
      builder.onEnd(() => {
        if (mutation !== undefined && !applied)
          throw new Error(`Cannot mutate ${mutation.file}: no model of this file uses it`);
      });
    },
  };
}

/** The source with the change; blanks and line ends count only between words. */
export function mutate(text: string, { file, find, replace }: Mutation): string {
  const tokens = find.match(/\w+|[^\w\s]/g) ?? [];
  let pattern = '';
  tokens.forEach((token, i) => {
    const isWord = /\w/.test(token);
    if (i > 0) pattern += isWord && /\w/.test(tokens[i - 1]) ? '\\s+' : '\\s*';
    pattern += isWord ? token : `\\${token}`;
  });
  const found = [...text.matchAll(new RegExp(pattern, 'g'))];
  if (found.length !== 1)
    throw new Error(`Cannot mutate ${file}: found "${find}" ${found.length} times instead of once`);
  const [match] = found;
  return text.slice(0, match.index) + replace + text.slice(match.index + match[0].length);
}
