// Birds that met aircraft: a file of comma-separated values through extract → transform → load, three lazy maps
// over one pool, each the input of the next. Chunks flow: the first year is loaded while later ones are parsed.

import { sharedArray, tasks } from 'manyhands';
import { clocked } from '../clock.js';
import { InputError, readUtf8 } from '../inputs.js';
import { html, table } from '../report/html.js';
import { cutRecords } from '../strikes/csv.js';
import * as stages from '../strikes/stages.js';

const FILE = 'birdstrikes.csv';
/** The first record ends within these. */
const HEADER_BYTES = 65536;
const LINES_EACH = 250;
const SHOWN = 12;

const decode = (bytes) => new TextDecoder().decode(bytes.slice());

export const { extract, transform, load } = tasks(import.meta.url, {
  extract: clocked(({ part, line, header }) => stages.extract(decode(part), line, header, FILE)),
  transform: clocked((extracted) => stages.transform(extracted, FILE)),
  load: clocked(stages.load),
});

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

/** @type {import('./index.js').Job} */
export const strikes = {
  name: 'strikes',
  title: 'Bird strikes, extract → transform → load',

  async prepare({ data }) {
    const file = await readUtf8(data, FILE);
    const [first] = cutRecords(file.subarray(0, HEADER_BYTES), 1);
    const header = stages.readHeader(decode(file.subarray(0, first.end)), FILE);
    const chunks = cutRecords(file, LINES_EACH, first);
    if (chunks.length === 0) throw new InputError(`Cannot use ${FILE}: it has no records`);
    const bytes = sharedArray(Uint8Array, file);
    return { bytes, header, first, chunks };
  },

  warm: (pool) => pool.broadcast(load, [{ year: 0, strikes: [] }]),

  alone({ bytes, header, first }, progress) {
    const extracted = stages.extract(decode(bytes.subarray(first.end)), first.nextLine, header, FILE);
    progress({ done: 1, total: 3 });
    const clean = stages.transform(extracted, FILE);
    progress({ done: 2, total: 3 });
    const years = yearOf();
    const rows = [...years.add(clean), ...years.end()].map(stages.load);
    progress({ done: 3, total: 3 });
    return stages.summary(rows);
  },

  async together({ bytes, header, chunks }, { pool, progress, note }) {
    const step = { done: 0, total: 2 * chunks.length };
    const noted = (stamped) => {
      step.done++;
      progress(step);
      return note(stamped);
    };
    const parts = chunks.map(({ begin, end, line }) => ({ part: bytes.subarray(begin, end), line, header }));

    async function* extracted() {
      for await (const stamped of pool.imap(extract, parts)) yield noted(stamped);
    }
    async function* grouped() {
      const years = yearOf();
      for await (const stamped of pool.imap(transform, extracted())) {
        for (const year of years.add(noted(stamped))) {
          step.total++;
          yield year;
        }
      }
      step.total++;
      yield* years.end();
    }
    const rows = [];
    for await (const stamped of pool.imap(load, grouped())) rows.push(noted(stamped));
    return stages.summary(rows);
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
