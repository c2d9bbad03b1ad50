/** A worker without any library: a number comes by message, its square goes back by message. */
import { parentPort } from 'node:worker_threads';
import { square } from './square.mjs';

parentPort.on('message', (x) => parentPort.postMessage(square(x)));
