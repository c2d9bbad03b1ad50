// What the workers of the manager tests do.

import { Manager, register, tasks } from 'manyhands';

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
      while (this.#orders.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      return this.#orders.shift();
    }
    put(order) {
      this.#orders.push(order);
    }
    note(dict, key) {
      dict.set(key, this.#total);
      return dict;
    }
    forever() {
      return new Promise(() => {});
    }
    quit() {
      process.exit(3);
    }
    unsendable() {
      return () => {};
    }
  },
});

export const { fillDict, countUp, pushTo, sellAt, nested, makeDict, churn, look, dieAt } = tasks(
  import.meta.url,
  {
    fillDict(dict, from, to) {
      for (let i = from; i < to; i++) dict.set(`key ${i}`, i);
    },
    countUp(dict, key, times) {
      for (let i = 0; i < times; i++) dict.update(key, (n) => n + 1, 0);
    },
    pushTo(list, who, times) {
      for (let i = 0; i < times; i++) list.push([who, i]);
    },
    sellAt: (till, price) => till.sell(price),
    nested(dict) {
      dict.get('inner').set('from', 'a worker');
      dict.get('lock').acquireSync().release();
      dict.get('shared')[0] = 7;
      return dict.get('inner');
    },
    makeDict() {
      return new Manager().dict({ made: 'here' });
    },
    /** Sets, removes and reads keys of few numbers, so that nodes come and go all the time. */
    churn(dict, seed, times) {
      let random = seed;
      let odd = 0;
      for (let i = 0; i < times; i++) {
        random = (Math.imul(random, 1103515245) + 12345) >>> 0;
        const key = (random >>> 8) % 50;
        const what = (random >>> 20) % 4;
        if (what === 0) dict.set(key, { key, text: 'x'.repeat(key) });
        else if (what === 1) dict.delete(key);
        else {
          const value = dict.get(key);
          if (value !== undefined && (value.key !== key || value.text.length !== key)) odd++;
        }
      }
      return odd;
    },
    look: (namespace) => ({ ...namespace }),
    /** Never returns: sets keys until it is ended. */
    dieAt(dict, started) {
      started[0] = 1;
      for (let i = 0; ; i++) {
        dict.set(i % 100, i % 2 === 0 ? i : `number ${i}`);
        dict.delete((i * 7) % 100);
      }
    },
  },
);
