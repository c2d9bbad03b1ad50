/** Our workers' side of the queue benches. */
import { tasks } from 'manyhands';
import { PAYLOADS } from './payloads.mjs';

export const { produce, consume, consumeInto, ping, pong } = tasks(import.meta.url, {
  produce(queue, kind, count, first = 0) {
    const { make } = PAYLOADS[kind];
    for (let i = first; i < first + count; i++) queue.putSync(make(i));
  },
  consume(queue, kind, count) {
    const { read } = PAYLOADS[kind];
    let total = 0;
    for (let i = 0; i < count; i++) total += read(queue.getSync());
    return total;
  },
  consumeInto(queue, kind, count) {
    const { make, read } = PAYLOADS[kind];
    const buffer = new Uint8Array(make(0).length);
    let total = 0;
    for (let i = 0; i < count; i++) {
      queue.getIntoSync(buffer);
      total += read(buffer);
    }
    return total;
  },
  ping(connection, count) {
    const latencies = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const begin = performance.now();
      connection.sendSync(i);
      connection.recvSync();
      latencies[i] = (performance.now() - begin) * 1000;
    }
    return latencies;
  },
  pong(connection, count) {
    for (let i = 0; i < count; i++) connection.sendSync(connection.recvSync());
  },
});
