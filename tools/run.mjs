// Runs the project's commands on a fresh clone with no step before: installs what is missing, builds what has
// changed, then does what was asked. Plain JavaScript, needs Node alone: `node tools/run.mjs start|test|…`

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const [command = 'help', ...rest] = process.argv.slice(2);

/** Runs a program with its output shown; ends this one with its exit code if it fails. */
function run(program, args, options = {}) {
  const { status, signal, error } = spawnSync(program, args, { stdio: 'inherit', ...options });
  if (error) throw error;
  if (status !== 0 || signal) process.exit(status ?? 1);
}

/** A program of node_modules, started with this Node. */
function tool(name, args, options) {
  run(process.execPath, [join(root, 'node_modules', name), ...args], options);
}

const tsx = (file, args) => tool('tsx/dist/cli.mjs', [file, ...args]);

/** Installs the packages if the lock file is not what node_modules was installed from. */
function install() {
  const stamp = 'node_modules/.manyhands-lock';
  const wanted = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log('installing packages …');
  // Not `npm ci`: it refuses a lock file without the other platforms' optional binaries.
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    shell: process.platform === 'win32',
  });
  writeFileSync(stamp, wanted);
}

/** Hash of all that dist/ is made from. */
function sourceHash() {
  const hash = createHash('sha256');
  const add = (path) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) if (name !== '_generated') add(join(path, name));
    } else hash.update(path).update(readFileSync(path));
  };
  for (const path of [
    'src',
    'assembly',
    'asconfig.json',
    'tools',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
  ])
    add(path);
  return hash.digest('hex');
}

/** Builds dist/ if its sources have changed. */
function build(force = false) {
  const stamp = 'dist/.source-hash';
  const wanted = sourceHash();
  if (!force && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  if (!force) console.log('building …');
  tsx('tools/build.ts', []);
  writeFileSync(stamp, wanted);
}

const commands = {
  /** Runs the example kitchen. */
  start() {
    install();
    build();
    run(process.execPath, ['examples/kitchen/main.js', ...rest]);
  },
  /** Runs all tests on every runtime that is there. */
  test() {
    install();
    build();
    tsx('tools/test.ts', rest);
  },
  bench() {
    install();
    build();
    run(process.execPath, ['bench/start.mjs', ...rest]);
  },
  build() {
    install();
    build(true);
  },
  /** Explores the concurrent algorithms under every interleaving. */
  model() {
    install();
    tsx('tools/model.ts', rest);
  },
  /** Kills workers that hold locks, thousands of times; and at every step. */
  stress() {
    install();
    tsx('test/stress/main.ts', rest);
  },
  /** Types, lint and format. */
  check() {
    install();
    build();
    tool('typescript/bin/tsc', ['--noEmit', '-p', 'tsconfig.json']);
    tool('@biomejs/biome/bin/biome', ['check', '--error-on-warnings']);
  },
};

if (!(command in commands)) {
  console.error(`Cannot run "${command}": wanted one of ${Object.keys(commands).join(', ')}`);
  process.exit(2);
}
commands[command]();
