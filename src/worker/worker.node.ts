// The file that workers on Node, Deno and Bun start with.

import process from 'node:process';
import { parentPort } from 'node:worker_threads';
import { nodeBoot, setParentPort } from '../runtime/node';
import type { ToWorker, WorkerBoot } from '../runtime/runtime';
import { announceDeath, type ParentPort, receive, startWorker } from './start';

if (parentPort !== null) {
  const inbox = parentPort;
  const port: ParentPort = {
    post: (message) => inbox.postMessage(message),
    leave() {
      // Deno's port has no close; without a listener it holds the thread no longer.
      inbox.off('message', listen);
      inbox.unref?.();
      inbox.close?.();
    },
  };
  let boot = nodeBoot();
  const listen = (message: ToWorker | { manyhands: WorkerBoot }): void => {
    if ('type' in message) receive(message, port);
    else if (boot === undefined) {
      boot = message.manyhands;
      setParentPort(boot.life);
      void startWorker(boot, port);
    }
  };
  inbox.on('message', listen);
  process.on('exit', (exitCode) => announceDeath(exitCode));
  if (boot !== undefined) void startWorker(boot, port);
}
