/** Compiles the C++ rivals on demand, once per source, flags and compiler. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { OUT } from '../harness/report.js';
import { Missing } from '../harness/types.js';

/**
 * Vectors of 128 bits, which is what WebAssembly has; no fast-math, which changes results, but neither errno nor traps,
 * which would keep the compiler from using vectors.
 */
export const FLAGS = ['-std=c++17', '-O3', '-msse4.2', '-fno-math-errno', '-fno-trapping-math', '-fopenmp'];

const SOURCES = new URL('./', import.meta.url);
const BINARIES = new URL('bench/', OUT);

/**
 * @param source A file of this folder, without `.cpp`.
 * @returns The program's path.
 * @throws {Missing} Without g++.
 */
export function compile(source: string): string {
  const { stdout: version } = spawnSync('g++', ['-dumpfullversion'], { encoding: 'utf8' });
  if (!version) throw new Missing('no g++', 'apt install g++');
  const hash = createHash('sha256').update(version).update(FLAGS.join(' '));
  hash.update(readFileSync(new URL(`${source}.cpp`, SOURCES)));
  for (const name of readdirSync(SOURCES).sort()) {
    if (name.endsWith('.hpp')) hash.update(readFileSync(new URL(name, SOURCES)));
  }
  mkdirSync(BINARIES, { recursive: true });
  const binary = fileURLToPath(new URL(`${source}-${hash.digest('hex').slice(0, 16)}`, BINARIES));
  if (existsSync(binary)) return binary;
  const unfinished = `${binary}.${process.pid}`;
  const { status, stderr } = spawnSync(
    'g++',
    [...FLAGS, fileURLToPath(new URL(`${source}.cpp`, SOURCES)), '-o', unfinished],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`Cannot compile ${source}.cpp: ${stderr.split('\n')[0]}`);
  renameSync(unfinished, binary);
  return binary;
}
