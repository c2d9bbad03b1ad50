// Birds that met aircraft: a file of comma-separated values through extract → transform → load, with queues between
// the stages. Every worker can do every stage and takes what lies furthest along; so little lies between the stages,
// and the first year is loaded while later ones are parsed.

import { Empty, Queue, tasks, waitAnySync } from 'manyhands';
import { clocked } from '../clock.js';
import { InputError } from '../inputs.js';
import { html, table } from '../report/html.js';
import { extract, FILE, readStrikes, transform } from '../strikes/file.js';
import * as stages from '../strikes/stages.js';

const LINES_EACH = 250;
const SHOWN = 12;
/** Parts for each worker that wait to be extracted; who puts more has to wait. */
const WAITING_EACH = 2;

export const { work } = tasks(import.meta.url, {
  /** Takes part in the pipeline until its queues are closed. */
  work({ parts, extracted, clean, years, rows }, header) {
    const inputs = [
      { from: years, stage: clocked(stages.load), to: rows },
      { from: extracted, stage: clocked(transform), to: clean },
      { from: parts, stage: clocked(({ part, line }) => extract(part, line, header)), to: extracted },
    ];
    while (true) {
      waitAnySync(inputs.map(({ from }) => from));
      if (parts.closed) return;
      for (const { from, stage, to } of inputs) {
        const item = takeFrom(from);
        if (item === undefined) continue;
        const { value, ...stamp } = stage(item.value);
        to.putSync({ index: item.index, value, stamps: [...item.stamps, stamp] });
        break; // and look again what lies furthest along
      }
    }
  },
});

/** The next item, or undefined: another worker may have been faster. */
function takeFrom(queue) {
  try {
    return queue.tryGet();
  } catch (error) {
    if (error instanceof Empty) return undefined;
    throw error;
  }
}

/** Gathers strikes in order of date to one group a year. */
function yearOf() {
  let group;
  return {
    /** The years that end with these strikes. */
    *add(strikes) {
      for (const strike of strikes) {
        if (group !== undefined && strike.year < group.year) {
          throw new InputError(
            `Cannot use ${FILE}: it is not in order of date, ${strike.year} follows ${group.year}`,
          );
        }
        if (group?.year !== strike.year) {
          if (group !== undefined) yield group;
          group = { year: strike.year, strikes: [] };
        }
        group.strikes.push(strike);
      }
    },
    *end() {
      if (group !== undefined) yield group;
    },
  };
}

/** The queues of a run; where the parts wait there is room for `waiting` of them. */
function makeBelts(waiting) {
  return {
    parts: new Queue(waiting),
    extracted: new Queue(),
    clean: new Queue(),
    years: new Queue(),
    rows: new Queue(),
  };
}

function closedBelts() {
  const belts = makeBelts(1);
  for (const belt of Object.values(belts)) belt.close();
  return belts;
}

/** @type {import('./index.js').Job} */
export const strikes = {
  name: 'strikes',
  title: 'Bird strikes, extract → transform → load on queues',

  prepare: ({ data }) => readStrikes(data, LINES_EACH),

  warm: (pool) => pool.broadcast(work, [closedBelts(), undefined]),

  alone({ header, whole }, progress) {
    const extracted = extract(whole.part, whole.line, header);
    progress({ done: 1, total: 3 });
    const clean = transform(extracted);
    progress({ done: 2, total: 3 });
    const years = yearOf();
    const rows = [...years.add(clean), ...years.end()].map(stages.load);
    progress({ done: 3, total: 3 });
    return stages.summary(rows);
  },

  async together({ header, parts }, { pool, progress, note }) {
    const belts = makeBelts(WAITING_EACH * pool.processes);
    const close = () => {
      for (const belt of Object.values(belts)) belt.close();
    };
    // Whoever fails closes the queues, so that nobody waits for what does not come.
    const crew = Array.from({ length: pool.processes }, () => pool.apply(work, [belts, header]));
    const working = Promise.all(crew).finally(close);
    working.catch(() => {}); // told below
    const step = { done: 0, total: 2 * parts.length };
    const take = async (belt) => {
      const { index, value, stamps } = await belt.get();
      for (const stamp of stamps) note({ value: undefined, ...stamp });
      step.done += stamps.length;
      progress(step);
      return { index, value };
    };

    const feed = async () => {
      for (const [index, value] of parts.entries()) {
        await belts.parts.put({ index, value, stamps: [] }); // waits for room
      }
    };
    /** Whole years go back to the workers; parts come in any order, and are put in theirs. */
    const group = async () => {
      const years = yearOf();
      const early = new Map();
      const load = (year) => {
        step.total++;
        belts.years.tryPut({ index: year.year, value: year, stamps: [] });
      };
      for (let next = 0; next < parts.length; ) {
        const { index, value } = await take(belts.clean);
        early.set(index, value);
        for (; early.has(next); early.delete(next++)) {
          for (const year of years.add(early.get(next))) load(year);
        }
      }
      for (const year of years.end()) load(year);
    };
    const gather = async (grouped) => {
      await grouped;
      const rows = [];
      while (step.done < step.total) rows.push((await take(belts.rows)).value);
      return rows;
    };
    try {
      const grouped = group();
      const [rows] = await Promise.all([gather(grouped), grouped, feed()]);
      return stages.summary(rows);
    } finally {
      close();
      await working; // if somebody has failed, this is why
    }
  },

  show(_input, { result: { years, bySpecies, byDamage, byPhase } }) {
    const dollars = (value) => `$${Math.round(value).toLocaleString('en')}`;
    const strikes = years.reduce((sum, year) => sum + year.strikes, 0);
    const cost = years.reduce((sum, year) => sum + year.cost, 0);
    const span = `${years[0]?.year} to ${years.at(-1)?.year}`;
    const line = `${strikes.toLocaleString('en')} strikes, ${span}, ${dollars(cost)} of damage`;
    const byCost = (groups) => [...groups].sort(([, a], [, b]) => b.cost - a.cost || b.count - a.count);
    const rowsOf = (groups) =>
      groups.map(([key, group]) => [key, group.count.toLocaleString('en'), dollars(group.cost)]);
    return {
      lines: [line],
      html: html`<p>${line}.</p>
${table(
  ['Year', '#Strikes', '#With damage', '#Cost', '#Mean cost', '#Mean lies in (90 %)'],
  years.map((year) => [
    year.year,
    year.strikes.toLocaleString('en'),
    `${((100 * year.damaged) / year.strikes).toFixed(1)} %`,
    dollars(year.cost),
    dollars(year.cost / year.strikes),
    `${dollars(year.low)} – ${dollars(year.high)}`,
  ]),
)}
<div class="columns">
${table(['Wildlife, dearest first', '#Strikes', '#Cost'], rowsOf(byCost(bySpecies).slice(0, SHOWN)))}
<div>
${table(['Damage', '#Strikes', '#Cost'], rowsOf(byCost(byDamage)))}
${table(['Phase of flight', '#Strikes', '#Cost'], rowsOf(byCost(byPhase)))}
</div>
</div>`,
    };
  },
};
