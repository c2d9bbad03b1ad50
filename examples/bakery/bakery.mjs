// A day in a bakery. Two bakers share an oven (a Condition) and put loaves on a shelf that holds four (a Queue: who
// finds it full waits, and when it is full the shop opens, an Event). The cashier serves the line of customers (another
// Queue), waits when there is no bread, and says when it is evening (another Event). Each is a Process and tells what
// happens through a third queue, which this thread prints. At the end the loaves are counted. One file, to copy:
//
//   node bakery.mjs [--customers 8]

import process from 'node:process';
import { setTimeout as spend } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  ClosedError,
  Condition,
  currentProcess,
  Event,
  isMain,
  Process,
  Queue,
  tasks,
  Value,
} from 'manyhands';

const BAKERS = ['Rosa', 'Emre'];
const CASHIER = 'Linh';
const CUSTOMERS = ['Ada', 'Bo', 'Chidi', 'Dana', 'Eino', 'Fumi', 'Gil', 'Hana', 'Ivo', 'Jun'];
const BREADS = [
  { bread: 'rye bread', bakingMs: 70, cents: 420 },
  { bread: 'baguette', bakingMs: 40, cents: 180 },
  { bread: 'brioche', bakingMs: 55, cents: 390 },
];
const PLACES_IN_OVEN = 1;
const SHELF = 4;
const KNEADING_MS = 25;
const SERVING_MS = 20;
const BETWEEN_CUSTOMERS_MS = [30, 60, 130];
const LOAVES_MAX = 3;

export const { bake, sell } = tasks(import.meta.url, {
  /** A baker's day. */
  async bake({ oven, places, shelf, open, evening, events }, first) {
    const tell = (what, more) => events.put({ who: currentProcess().name, what, on: shelf.size, ...more });
    for (let i = first; !evening.isSet; i++) {
      const loaf = BREADS[i % BREADS.length];
      await spend(KNEADING_MS);

      const guard = await oven.acquire();
      if (places.value === 0) await tell(`waits for the oven with a ${loaf.bread}`);
      await oven.waitFor(() => places.value > 0);
      places.value--;
      guard.release();

      await spend(loaf.bakingMs);

      const again = await oven.acquire();
      places.value++;
      oven.notify();
      again.release();

      try {
        if (shelf.full) {
          await tell(`waits for room on the shelf for a ${loaf.bread}`);
          open.set();
        }
        await shelf.put(loaf); // waits for room
        await tell(`puts a ${loaf.bread} on the shelf`, { baked: 1 });
      } catch (error) {
        if (!(error instanceof ClosedError)) throw error;
        await tell(`takes the last ${loaf.bread} home`, { baked: 1, home: 1 });
        return;
      }
    }
  },

  /** The cashier's day: it ends when the line is closed and nobody stands in it any more. */
  async sell({ line, shelf, evening, events }) {
    const tell = (what, more) => events.put({ who: currentProcess().name, what, on: shelf.size, ...more });
    for await (const { customer, loaves } of line) {
      if (shelf.size < loaves) await tell(`waits for bread for ${customer}`);
      let cents = 0;
      for (let i = 0; i < loaves; i++) cents += (await shelf.get()).cents; // waits for bread
      await spend(SERVING_MS);
      await tell(`sells ${loaves === 1 ? 'a loaf' : `${loaves} loaves`} to ${customer}`, {
        sold: loaves,
        cents,
      });
    }
    evening.set();
    await tell('locks the door');
  },
});

/**
 * A whole day; `onEvent` hears of everything that happens.
 * @returns how many loaves were baked, sold, left on the shelf and taken home, the takings, and who died on the way
 */
export async function day(customers, onEvent) {
  const shop = {
    oven: new Condition(),
    places: new Value('int32', PLACES_IN_OVEN),
    shelf: new Queue(SHELF),
    line: new Queue(),
    open: new Event(),
    evening: new Event(),
    events: new Queue(),
  };
  const bakers = BAKERS.map((name, i) => new Process(bake, { args: [shop, i], name }));
  const cashier = new Process(sell, { args: [shop], name: CASHIER });
  const staff = [...bakers, cashier];
  let missing;
  for (const one of staff) {
    one.start();
    one.sentinel.then((exitCode) => {
      if (exitCode === 0) return;
      // Without one of them the others would wait for what does not come: the day is over.
      missing ??= one.name;
      for (const other of staff) other.terminate();
      shop.open.set();
      shop.line.close();
    });
  }

  const shopping = (async () => {
    try {
      await shop.open.wait();
      await shop.events.put({ who: CASHIER, what: 'opens the shop', on: shop.shelf.size });
      for (let i = 0; i < customers && !shop.line.closed; i++) {
        await spend(BETWEEN_CUSTOMERS_MS[i % BETWEEN_CUSTOMERS_MS.length]);
        const customer = CUSTOMERS[i % CUSTOMERS.length];
        await shop.events.put({ who: customer, what: 'comes in', on: shop.shelf.size });
        await shop.line.put({ customer, loaves: 1 + ((i * 2) % LOAVES_MAX) });
      }
    } catch (error) {
      if (!(error instanceof ClosedError)) throw error;
    } finally {
      shop.line.close(); // nobody comes any more; who is in the line is served
      await cashier.join();
      shop.shelf.close(); // a baker who waits for room waits no longer
      await Promise.all(bakers.map((baker) => baker.join()));
      shop.events.close();
    }
  })();

  const sum = { baked: 0, sold: 0, home: 0, cents: 0 };
  for await (const event of shop.events) {
    for (const key of Object.keys(sum)) sum[key] += event[key] ?? 0;
    onEvent(event);
  }
  await shopping;
  return { ...sum, left: [...shop.shelf].length, missing };
}

if (isMain(import.meta.url)) {
  const { values } = parseArgs({ options: { customers: { type: 'string', default: '8' } } });
  const { NO_COLOR, TERM } = process.env;
  const isColoured = process.stdout.isTTY && !NO_COLOR && TERM !== 'dumb';
  const paint = (code, text) => (isColoured ? `\x1b[${code}m${text}\x1b[0m` : text);
  const colours = new Map([...BAKERS.map((name) => [name, 33]), [CASHIER, 36]]);
  const shelf = (loaves) => paint(33, '●'.repeat(loaves)) + paint(2, '·'.repeat(SHELF - loaves));

  console.log(`${paint(1, 'The bakery')}: ${BAKERS.join(' and ')} bake, ${CASHIER} sells\n`);
  const morning = performance.now();
  const total = await day(Number(values.customers), ({ who, what, on }) => {
    const time = paint(2, `${((performance.now() - morning) / 1000).toFixed(2)} s`);
    console.log(`  ${time}  ${shelf(on)}  ${paint(colours.get(who) ?? 2, who.padEnd(6))}${what}`);
  });

  const { baked, sold, left, home, cents, missing } = total;
  console.log(`\n${baked} loaves baked = ${sold} sold + ${left} on the shelf + ${home} taken home`);
  console.log(`${(cents / 100).toFixed(2)} in the till`);
  if (missing !== undefined) console.log(`${missing} did not see the evening.`);
  const adds = baked === sold + left + home && missing === undefined;
  if (!adds) console.log('That does not add up!');
  process.exitCode = adds ? 0 : 1;
}
