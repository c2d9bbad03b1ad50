// The tasks and the class of the cases on managers: a module that the main thread and every worker import alike.

import { register, tasks } from './lib.js';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const { Till } = register(import.meta.url, {
  Till: class Till {
    #total;
    #orders = [];
    constructor(float = 0) {
      if (float < 0) throw new RangeError('a till cannot begin below zero');
      this.#total = float;
    }
    sell(price) {
      if (typeof price !== 'number') throw new TypeError('a price is a number');
      this.#total += price;
      return this.#total;
    }
    async total() {
      return this.#total;
    }
    /** Waits for an order that another caller puts. */
    async order() {
      while (this.#orders.length === 0) await sleep(1);
      return this.#orders.shift();
    }
    put(order) {
      this.#orders.push(order);
    }
    forever() {
      return new Promise(() => {});
    }
    quit() {
      if (typeof globalThis.process?.exit === 'function') globalThis.process.exit(3);
      globalThis.close(); // a page's worker
      return this.forever();
    }
  },
});

export const m = tasks(import.meta.url, {
  echo: (value) => value,
  share(dict, list, namespace, i) {
    for (let n = 0; n < 200; n++) dict.update('count', (count) => count + 1, 0);
    for (let n = 0; n < 50; n++) dict.get('inner').set(`${i} ${n}`, [n]);
    const guard = dict.get('lock').acquireSync();
    list.push(i);
    guard.release();
    namespace.from = 'a worker';
  },
  sellAt: (till, price) => till.sell(price),
  waitAt: (till) => till.forever(),
});
