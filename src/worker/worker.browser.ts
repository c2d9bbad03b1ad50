// The file that workers in browsers start with.

import { setBrowserBoot } from '../runtime/browser';
import type { FromWorker, ToWorker, WorkerBoot } from '../runtime/runtime';
import { type ParentPort, receive, startWorker } from './start';

const scope = globalThis as unknown as {
  postMessage(message: FromWorker): void;
  close(): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
};
const close = scope.close.bind(globalThis);
const port: ParentPort = {
  post: (message) => scope.postMessage(message),
  leave: () => close(),
};
let boot: WorkerBoot | undefined;

// A task that closes its worker would otherwise be waited for without end.
scope.close = () => {
  scope.postMessage({ type: 'closed' });
  close();
};

/** What comes before the thread has begun. */
let early: ToWorker[] | undefined = [];

async function begin(told: WorkerBoot): Promise<void> {
  if (!(await setBrowserBoot(told))) {
    close();
    return;
  }
  void startWorker(told, port);
  for (const message of early!) receive(message, port);
  early = undefined;
}

scope.addEventListener('message', ({ data }: MessageEvent<ToWorker | { manyhands: WorkerBoot }>) => {
  if (data !== null && typeof data === 'object' && 'manyhands' in data) {
    if (boot !== undefined) return;
    boot = data.manyhands;
    void begin(boot);
  } else if (data !== null && typeof data === 'object' && 'type' in data) {
    if (early === undefined) receive(data, port);
    else early.push(data);
  }
});
if (navigator.locks === undefined) {
  port.post({ type: 'hello' });
} else {
  // Held until the thread is gone, for whatever reason: see BrowserWorker.
  const life = `manyhands ${crypto.randomUUID()}`;
  void navigator.locks.request(life, () => {
    port.post({ type: 'hello', life });
    return new Promise(() => {});
  });
}
