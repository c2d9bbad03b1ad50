/** The rival's side: two workers joined by a MessageChannel, told by their parent what to do. */
import { parentPort, workerData } from 'node:worker_threads';
import { PAYLOADS } from './payloads.mjs';

const { port } = workerData;

const ROLES = {
  produce({ kind, count }) {
    const { make } = PAYLOADS[kind];
    for (let i = 0; i < count; i++) port.postMessage(make(i));
    parentPort.postMessage(0);
  },
  consume({ kind, count }) {
    const { read } = PAYLOADS[kind];
    let total = 0;
    let left = count;
    const take = (message) => {
      total += read(message);
      if (--left > 0) return;
      port.off('message', take);
      parentPort.postMessage(total);
    };
    port.on('message', take);
  },
  ping({ count }) {
    const latencies = new Float64Array(count);
    let i = 0;
    let begin = performance.now();
    const back = () => {
      latencies[i++] = (performance.now() - begin) * 1000;
      if (i === count) {
        port.off('message', back);
        parentPort.postMessage(latencies);
        return;
      }
      begin = performance.now();
      port.postMessage(i);
    };
    port.on('message', back);
    port.postMessage(0);
  },
  pong({ count }) {
    let left = count;
    const answer = (message) => {
      port.postMessage(message);
      if (--left > 0) return;
      port.off('message', answer);
      parentPort.postMessage(0);
    };
    port.on('message', answer);
  },
};

parentPort.on('message', (order) => ROLES[order.role](order));
