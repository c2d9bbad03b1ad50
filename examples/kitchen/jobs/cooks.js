// Four cooks: the first program of every multiprocessing tutorial, with some real kneading.

import { tasks } from 'manyhands';
import { clocked } from '../clock.js';
import { html } from '../report/html.js';

const KNEADS = 80_000_000;

/** Numbers kneaded like dough: xorshift32, one turn after the other. */
function knead(dough, turns) {
  let x = dough;
  for (let i = 0; i < turns; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
  }
  return x >>> 0;
}

export const { cook } = tasks(import.meta.url, {
  cook: clocked(({ who, dish, turns }) => {
    const dough = knead(Math.imul(dish.length, 0x9e3779b1) | 1, turns);
    return { who, dish, dough };
  }),
});

/** @type {import('./index.js').Job} */
export const cooks = {
  name: 'cooks',
  title: 'Four cooks, a dish each',

  async prepare() {
    const menu = { Rosa: 'salad', Emre: 'soup', Linh: 'main course', Theo: 'dessert' };
    return Object.entries(menu).map(([who, dish]) => ({ who, dish, turns: KNEADS }));
  },

  warm: (pool) => pool.broadcast(cook, [{ who: 'nobody', dish: 'water', turns: 1 }]),

  alone(orders, progress) {
    return orders.map((order, i) => {
      const { value } = cook(order);
      progress({ done: i + 1, total: orders.length });
      return value;
    });
  },

  async together(orders, { pool, progress, note }) {
    const served = await pool.map(cook, orders, { progress });
    return served.map(note);
  },

  show(_orders, { result, spans }) {
    const lines = result.map(({ who, dish, dough }, i) => {
      const { worker, start, end } = spans[i];
      const stamp = dough.toString(16).padStart(8, '0');
      return `${who} made the ${dish} on ${worker} in ${Math.round(end - start)} ms (dough ${stamp})`;
    });
    return { lines, html: html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>` };
  },
};
