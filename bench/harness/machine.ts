/** What the figures were measured on: figures without it say nothing. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  /** Mean number of busy threads in the last minute, before the run: what disturbed it. */
  readonly load: number;
  /** Runtimes, compilers and rival packages, those that are there. */
  readonly versions: Readonly<Record<string, string>>;
}

const TOOLS: readonly [name: string, command: string, ...args: string[]][] = [
  ['python', 'python3', '--version'],
  ['g++', 'g++', '-dumpfullversion'],
  ['primesieve', 'primesieve', '--version'],
];

export function machine(): Machine {
  const versions: Record<string, string> = {};
  for (const name of ['deno', 'bun', 'node', 'v8']) {
    const version = process.versions[name];
    if (version) versions[name] = version;
  }
  for (const name of ['piscina', 'tinypool', 'workerpool']) {
    const version = packageVersion(name);
    if (version) versions[name] = version;
  }
  for (const [name, command, ...args] of TOOLS) {
    const { stdout } = spawnSync(command, args, { encoding: 'utf8' });
    const version = /\d+(\.\d+)+/.exec(stdout ?? '')?.[0];
    if (version) versions[name] = version;
  }
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    load: Math.round(loadavg()[0] * 100) / 100,
    versions,
  };
}

/** Walks up from the package's entry, because not every package exports its package.json. */
function packageVersion(name: string): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const root = entry.slice(0, entry.lastIndexOf(name) + name.length);
    return JSON.parse(readFileSync(`${root}/package.json`, 'utf8')).version;
  } catch {
    return undefined;
  }
}
