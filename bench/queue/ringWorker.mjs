/** What a queue of large messages cannot beat: one ring of blocks in shared memory, one producer, one consumer. */
import { parentPort, workerData } from 'node:worker_threads';
import { PAYLOADS } from './payloads.mjs';

const { words, blocks, blockBytes } = workerData;
const [PUT, GOT] = [0, 16];
const LENGTH = blocks.length / blockBytes;
const SPINS = 150;

/** Until the word is not `value` any more: what it is then. */
function past(word, value) {
  for (let i = 0; i < SPINS; i++) {
    const seen = Atomics.load(words, word);
    if (seen !== value) return seen;
  }
  Atomics.wait(words, word, value);
  return Atomics.load(words, word);
}

function advance(word) {
  Atomics.add(words, word, 1);
  Atomics.notify(words, word);
}

const ROLES = {
  produce({ kind, count }) {
    const { make } = PAYLOADS[kind];
    for (let i = 0; i < count; i++) {
      const put = Atomics.load(words, PUT);
      let got = Atomics.load(words, GOT);
      while (put - got === LENGTH) got = past(GOT, got);
      blocks.set(make(i), (put % LENGTH) * blockBytes);
      advance(PUT);
    }
    return 0;
  },
  consume({ kind, count, into }) {
    const { read } = PAYLOADS[kind];
    const buffer = new Uint8Array(blockBytes);
    let total = 0;
    for (let i = 0; i < count; i++) {
      const got = Atomics.load(words, GOT);
      while (Atomics.load(words, PUT) === got) past(PUT, got);
      const begin = (got % LENGTH) * blockBytes;
      const block = blocks.subarray(begin, begin + blockBytes);
      if (into) buffer.set(block);
      total += read(into ? buffer : block.slice());
      advance(GOT);
    }
    return total;
  },
};

parentPort.on('message', (order) => parentPort.postMessage(ROLES[order.role](order)));
