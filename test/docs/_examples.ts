// Runs the examples of docstrings and guides against the built package. An example is a module of its own: what
// declares something (tasks, classes, imports) stays at its top level, where workers find it too; the rest becomes a
// function that the main thread alone calls. What it prints must be what its comments say: the comment behind a
// `console.log`, or on lines of their own below it, several values separated by commas; after a colon it may explain.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync, transformSync } from 'esbuild';
import ts from 'typescript';
import { afterAll } from 'vitest';

export const ROOT = join(import.meta.dirname, '../..');
/** One example may take this long before it is taken to hang. */
const HANG_MS = 30_000;

export interface Example {
  /** Where it stands. */
  name: string;
  code: string;
  /** Names that an example may use without importing them, by the module that they come from. */
  modules: string[];
}

export interface ExampleOutcome {
  printed: string;
  /** Why it failed, if it did. */
  error?: string;
}

const PACKAGE = pathToFileURL(join(ROOT, 'dist/index.node.js')).href;
const KERNELS = pathToFileURL(join(ROOT, 'dist/kernels.node.js')).href;
export const MODULES = { PACKAGE, KERNELS };

/** The `@example` blocks of a source file. */
export function examplesOfSource(file: string): Example[] {
  const name = relative(ROOT, file);
  const source = readFileSync(file, 'utf8');
  const modules = name.startsWith('src/kernels/') ? [KERNELS, PACKAGE] : [PACKAGE, KERNELS];
  if (name.startsWith('src/codec/')) modules.unshift(codecModule());
  const examples: Example[] = [];
  for (const { 0: block, index } of source.matchAll(/@example\s*\n[\s\S]*?```\w*\n([\s\S]*?)```/g)) {
    const code = /```\w*\n([\s\S]*?)[ \t]*\*?[ \t]*```/.exec(block)![1].replace(/^[ \t]*\* ?/gm, '');
    const line = source.slice(0, index).split('\n').length;
    examples.push({ name: `${name}:${line}`, code, modules });
  }
  return examples;
}

/** The JavaScript and TypeScript blocks of a guide. */
export function examplesOfGuide(file: string): Example[] {
  const source = readFileSync(file, 'utf8');
  return [...source.matchAll(/^```(js|ts)\n([\s\S]*?)^```/gm)].map(({ 2: code, index }) => ({
    name: `${relative(ROOT, file)}:${source.slice(0, index).split('\n').length}`,
    code,
    modules: [PACKAGE, KERNELS],
  }));
}

/** All files below a folder that end so. */
export function filesBelow(folder: string, end: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(end))
    .map((file) => join(folder, file))
    .sort();
}

let codec: string | undefined;
/** The codec is no entry of the package: its examples get a build of it. */
function codecModule(): string {
  if (codec === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'manyhands-codec-'));
    const outfile = join(folder, 'codec.mjs');
    const entry = join(ROOT, 'src/codec/index.ts');
    buildSync({
      entryPoints: [entry],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
    });
    codec = pathToFileURL(outfile).href;
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
  }
  return codec;
}

const TOP_LEVEL = /\b(tasks|inline|registerError|register)\(/;

/** Whether a statement stays where workers run it too. */
function isDeclaration(statement: ts.Statement, text: string): boolean {
  if (ts.isVariableStatement(statement)) return TOP_LEVEL.test(text);
  if (ts.isExpressionStatement(statement)) return /^(registerError|register)\(/.test(text);
  return (
    ts.isImportDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isFunctionDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement)
  );
}

/** Names that the example declares at its top level. */
function declared(statements: readonly ts.Statement[]): Set<string> {
  const names = new Set<string>();
  const add = (name: ts.BindingName): void => {
    if (ts.isIdentifier(name)) names.add(name.text);
    else for (const element of name.elements) if (ts.isBindingElement(element)) add(element.name);
  };
  for (const statement of statements) {
    if (ts.isVariableStatement(statement))
      for (const { name } of statement.declarationList.declarations) add(name);
    else if ((ts.isClassDeclaration(statement) || ts.isFunctionDeclaration(statement)) && statement.name)
      names.add(statement.name.text);
    else if (ts.isImportDeclaration(statement)) {
      const { namedBindings, name } = statement.importClause ?? {};
      if (name !== undefined) names.add(name.text);
      if (namedBindings !== undefined && ts.isNamedImports(namedBindings))
        for (const element of namedBindings.elements) names.add(element.name.text);
    }
  }
  return names;
}

/** The example as a module that exports `main`. */
async function moduleOf({ code, modules }: Example): Promise<string> {
  const source = ts.createSourceFile('example.ts', code, ts.ScriptTarget.ESNext, true);
  const top: string[] = [];
  const main: string[] = [];
  for (const statement of source.statements) {
    const text = statement.getText(source);
    (isDeclaration(statement, text) ? top : main).push(text);
  }
  const own = declared(source.statements);
  const used = new Set(code.match(/\b[A-Za-z_]\w*\b/g));
  const imports: string[] = [];
  for (const module of modules) {
    const names = Object.keys(await import(module)).filter((name) => used.has(name) && !own.has(name));
    for (const name of names) own.add(name);
    if (names.length > 0) imports.push(`import { ${names.join(', ')} } from ${JSON.stringify(module)};`);
  }
  const whole = `${imports.join('\n')}\n${top.join('\n')}\nexport async function main() {\n${main.join('\n')}\n}\n`;
  return transformSync(whole, { loader: 'ts', format: 'esm', target: 'node20' })
    .code.replaceAll(/(from\s*)"manyhands"/g, `$1${JSON.stringify(PACKAGE)}`)
    .replaceAll(/(from\s*)"manyhands\/kernels"/g, `$1${JSON.stringify(KERNELS)}`);
}

/** What the example's comments say that it prints, without space and commas. */
export function expected(code: string): string {
  const lines = code.split('\n');
  let wanted = '';
  let follows = false;
  for (const line of lines) {
    const comment = /(?:^|\s)\/\/ (.*)$/.exec(line);
    const prints = line.includes('console.log(');
    if (comment !== null && (prints || (follows && line.trim().startsWith('//'))))
      wanted += comment[1].replace(/^([^:{[]+): .*$/, '$1');
    follows = prints || (follows && line.trim().startsWith('//'));
  }
  return bare(wanted);
}

/** Text without what differs between one line and several, and the lengths that a console tells of arrays. */
export const bare = (text: string): string => text.replace(/[\s,]+/g, '').replace(/Array\(\d+\)/g, 'Array');

const RUNNER = `
import { format } from 'node:util';
const outcomes = [];
const hang = (ms) => new Promise((_, reject) => setTimeout(() => reject(new Error('Nothing came for ' + ms + ' ms')), ms).unref());
for (const url of JSON.parse(process.argv[2])) {
  const printed = [];
  console.log = (...words) => printed.push(format(...words));
  let error;
  try {
    const { main } = await import(url);
    await Promise.race([main(), hang(${HANG_MS})]);
  } catch (caught) {
    error = String(caught?.stack ?? caught);
  }
  outcomes.push({ printed: printed.join('\\n'), error });
}
process.stdout.write(JSON.stringify(outcomes), () => process.exit(0));
`;

/** Runs the examples one after the other in one process. */
export async function runExamples(examples: Example[]): Promise<ExampleOutcome[]> {
  const folder = mkdtempSync(join(tmpdir(), 'manyhands-examples-'));
  try {
    const urls: string[] = [];
    for (const [index, example] of examples.entries()) {
      const place = join(folder, String(index));
      mkdirSync(place);
      writeFileSync(join(place, 'example.mjs'), await moduleOf(example));
      urls.push(pathToFileURL(join(place, 'example.mjs')).href);
    }
    writeFileSync(join(folder, 'runner.mjs'), RUNNER);
    return await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [join(folder, 'runner.mjs'), JSON.stringify(urls)]);
      let output = '';
      let errors = '';
      child.stdout.on('data', (data) => (output += data));
      child.stderr.on('data', (data) => (errors += data));
      child.on('error', reject);
      child.on('close', (code) => {
        if (code === 0) resolve(JSON.parse(output));
        else reject(new Error(`The examples ended with code ${code}:\n${errors}`));
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
