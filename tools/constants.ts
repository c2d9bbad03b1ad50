// The build's constants: each `const NAME = …` of numbers and of other constants becomes a number in a module of its
// file's constants alone, for esbuild puts numbers in the place of names only if they come from a module that imports
// nothing. Shorter, and a bundler has nothing left to drop. Lines stay where they are, for the source maps.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Plugin } from 'esbuild';

const DECLARATION = /^(export )?const ([A-Z][A-Z0-9_]*)(?:: \w+)? =\s([^;`'"]*?);$/gm;
const IMPORT = /^import \{([^}]*)\} from '(\.[^']*)';$/gm;
const NAME = /\b[A-Za-z_]\w*\b/g;
/** What an expression of numbers and constants is made of: names, numbers, operators, comments aside. */
const EXPRESSION =
  /^(?:\b0x[\da-f_]+\b|\b\d[\d_]*(?:\.\d+)?(?:e-?\d+)?\b|\b[A-Z][A-Z0-9_]*\b|[\s()+\-*/%|&^~<>])+$/i;

/** How a file calls the module of its constants. */
const NUMBERS = 'constants';

interface Folded {
  text: string;
  /** The module of its constants. */
  numbers: string;
  constants: Map<string, number>;
}

const folded = new Map<string, Folded>();

/** The value of the expression; undefined if it is not made of numbers and `known` alone. */
function evaluate(expression: string, known: ReadonlyMap<string, number>): number | undefined {
  if (!EXPRESSION.test(expression)) return undefined;
  const names = [...expression.replace(/0x[\da-f_]+|\b\d[\w.]*/gi, '').matchAll(NAME)].map(([name]) => name);
  if (!names.every((name) => known.has(name))) return undefined;
  const values = names.map((name) => known.get(name)!);
  const value: unknown = new Function(...names, `return (${expression})`)(...values);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The file's text without its constants, their module, and the values of those that it exports. */
export function fold(file: string): Folded {
  const done = folded.get(file);
  if (done !== undefined) return done;
  const source = readFileSync(file, 'utf8');
  const result: Folded = { text: source, numbers: '', constants: new Map() };
  folded.set(file, result); // files that import each other find what is known so far
  const known = new Map<string, number>();
  for (const [, list, path] of source.matchAll(IMPORT)) {
    const from = join(dirname(file), `${path.replace(/\.js$/, '')}.ts`);
    if (!existsSync(from)) continue;
    const { constants } = fold(from);
    for (const item of list.split(',')) {
      const [name, local = name] = item.trim().split(' as ');
      const value = constants.get(name);
      if (value !== undefined) known.set(local, value);
    }
  }
  const own: string[] = [];
  const rest = source.replace(DECLARATION, (declaration, exported = '', name, expression) => {
    const value = evaluate(expression, known);
    if (value === undefined) return declaration;
    known.set(name, value);
    own.push(name);
    if (exported !== '') result.constants.set(name, value);
    result.numbers += `export const ${name} = ${value};\n`;
    return declaration.replace(/[^\n]/g, '');
  });
  if (own.length > 0) {
    const { constants } = result;
    result.text = `import {${own}} from '${NUMBERS}'; export {${[...constants.keys()]}};${rest}`;
  }
  return result;
}

/** Folds the constants of all files below `root`. */
export const constants = (root: string): Plugin => ({
  name: 'constants',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^${NUMBERS}$`) }, ({ importer }) => ({
      path: relative(root, importer), // as the source maps call it
      namespace: NUMBERS,
      sideEffects: false,
    }));
    build.onLoad({ filter: /./, namespace: NUMBERS }, ({ path }) => ({
      contents: fold(join(root, path)).numbers,
    }));
    build.onLoad({ filter: /\.ts$/, namespace: 'file' }, ({ path }) =>
      relative(root, path).startsWith('..') || path.includes('_generated')
        ? undefined
        : { contents: fold(path).text, loader: 'ts' },
    );
  },
});
