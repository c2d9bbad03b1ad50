// Turns the source text of an inline function back into a function, in a worker, after looking for free
// variables: names that neither the function nor the language declares. Loaded on first use, for its parser; imports
// nothing of the package, so that a bundle needs no common chunk for it.

import { type Node, parse } from 'acorn';
import { analyze } from 'periscopic';
import type { NotShareableError } from '../errors';
import type { AnyFunction } from './registry';

/**
 * Compiles the text.
 * @throws {NotShareableError} naming the free variables, or saying that this place may not evaluate source text.
 */
export function compileInline(source: string, Refused: typeof NotShareableError): AnyFunction {
  const { text, tree } = parseFunction(source, Refused);
  const { globals } = analyze(tree as never);
  const free = [...globals.keys()].filter(
    (name) => !(name in globalThis) && name !== 'arguments' && name !== 'undefined',
  );
  if (free.length > 0) {
    throw new Refused(
      `Cannot run an inline function in a worker: it uses ${free.join(', ')} from around it. Pass ${free.length === 1 ? 'it' : 'them'} as an argument, or declare the function in a module with tasks()`,
    );
  }
  try {
    return new Function(`'use strict'; return (${text});`)() as AnyFunction;
  } catch (cause) {
    throw new Refused(
      'Cannot run an inline function here: this place does not let source text be evaluated (content security policy or edge runtime). Declare it in a module with tasks()',
      { cause },
    );
  }
}

/** Parses a function expression, or a method of an object (`double(x) { … }`), which needs its object around it. */
function parseFunction(source: string, Refused: typeof NotShareableError): { text: string; tree: Node } {
  const method = `Object.values({ ${source} })[0]`;
  for (const text of [source, method]) {
    try {
      return { text, tree: parse(`(${text})`, { ecmaVersion: 'latest', sourceType: 'script' }) };
    } catch {
      // Not an expression: the next form.
    }
  }
  throw new Refused(
    'Cannot read the source of an inline function: pass a function expression or an arrow function',
  );
}
