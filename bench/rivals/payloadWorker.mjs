/** A worker without any library: squares the numbers that it is given in place and moves them back, or sums bytes. */
import { parentPort } from 'node:worker_threads';
import { square } from './square.mjs';

parentPort.on('message', (payload) => {
  if (payload instanceof Float64Array) {
    for (let i = 0; i < payload.length; i++) payload[i] = square(payload[i]);
    parentPort.postMessage(payload, [payload.buffer]);
  } else {
    parentPort.postMessage(payload.length);
  }
});
