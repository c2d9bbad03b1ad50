// Programs for exit.test.ts: the first argument says which.

import process from 'node:process';
import { Process } from 'manyhands';
import { later, spin } from './_tasks.mjs';

const programs = {
  /** A running process keeps the program alive until it has ended. */
  waits() {
    const child = new Process(later, { args: [1, 200] });
    child.start();
    process.on('exit', () => console.log(`exit code ${child.exitCode}`));
  },
  /** A daemon does not. */
  daemon() {
    new Process(later, { args: [1, 60_000], daemon: true }).start();
    console.log('end of main');
  },
  /** Who joins a daemon waits for it. */
  async joined() {
    const child = new Process(later, { args: [1, 100], daemon: true });
    child.start();
    await child.join();
    console.log(`exit code ${child.exitCode}`);
  },
  /** A signal ends the program and its workers. */
  async signal() {
    const child = new Process(spin);
    child.start();
    console.log('running');
    await child.join();
  },
};

await programs[process.argv[2]]();
