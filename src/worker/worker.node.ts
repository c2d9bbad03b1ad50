// The file that workers on Node, Deno and Bun start with.

import process from 'node:process';
import { parentPort } from 'node:worker_threads';
import { nodeBoot, nodeRuntime } from '../runtime/node';
import { installRuntime, type ToWorker, type WorkerBoot } from '../runtime/runtime';
import { announceDeath, type ParentPort, receive, startWorker } from './start';

installRuntime(nodeRuntime);

if (parentPort !== null) {
  const inbox = parentPort;
  const port: ParentPort = {
    post: (message) => inbox.postMessage(message),
    leave() {
      // Deno's port has no close; without a listener it holds the thread no longer.
      inbox.removeAllListeners('message');
      inbox.unref?.();
      inbox.close?.();
    },
  };
  let boot = nodeBoot();
  inbox.on('message', (message: ToWorker | { manyhands: WorkerBoot }) => {
    if ('type' in message) receive(message, port);
    else if (boot === undefined) {
      boot = message.manyhands;
      void startWorker(boot, port);
    }
  });
  process.on('exit', announceDeath);
  if (boot !== undefined) void startWorker(boot, port);
}
