// A pipeline of three stages, extract → transform → load, with a queue between each two. All stages are at work at
// once, on different records. The queues are short, so no stage runs far ahead of the next one. The end: each worker
// passes a sentinel on, and the next stage goes on until it has one from everybody before it. One file, to copy:
//
//   node pipeline.mjs [--file birdstrikes.csv] [--transformers 2]

import { createReadStream } from 'node:fs';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { currentProcess, isMain, Pool, Queue, tasks } from 'manyhands';

const FILE = new URL('../data/birdstrikes.csv', import.meta.url);
/** Records in a message: many small messages cost more than few large ones. */
const RECORDS_EACH = 100;
/** Messages that may wait between two stages. */
const BETWEEN = 4;
/** Says that a worker puts nothing more. */
const NO_MORE = null;
const KNOTS_TO_KMH = 1.852;

/** The fields of a line; a field in quotes may have commas in it. */
function fieldsOf(line) {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
    ([, quoted, plain]) => quoted ?? plain,
  );
}

/** Extract: the records of a file, read line by line, a hundred at a time. */
async function* recordsOf(file) {
  let names;
  let records = [];
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    const fields = fieldsOf(line);
    if (names === undefined) {
      names = fields;
      continue;
    }
    records.push(Object.fromEntries(names.map((name, i) => [name, fields[i]])));
    if (records.length < RECORDS_EACH) continue;
    yield records;
    records = [];
  }
  if (records.length > 0) yield records;
}

/** Transform: text becomes numbers in units that are known, what cannot be used is left out. */
function clean(record) {
  const knots = Number(record['Speed IAS in knots']);
  if (!record['Phase of flight'] || !(knots > 0)) return [];
  return [
    {
      phase: record['Phase of flight'],
      isDamaged: record['Effect Amount of damage'] !== 'None',
      kmh: knots * KNOTS_TO_KMH,
      dollars: Number(record['Cost Total $'].replaceAll(',', '')),
    },
  ];
}

/** Load: adds a strike to the table. */
function add(table, { phase, isDamaged, kmh, dollars }) {
  const row = table.get(phase) ?? { strikes: 0, damaged: 0, kmh: 0, dollars: 0 };
  row.strikes++;
  row.damaged += isDamaged ? 1 : 0;
  row.kmh += Math.round(kmh); // whole numbers: their sum does not depend on the order
  row.dollars += dollars;
  table.set(phase, row);
}

export const { extract, transform, load } = tasks(import.meta.url, {
  async extract(file, extracted, transformers) {
    let messages = 0;
    for await (const records of recordsOf(new URL(file))) {
      await extracted.put(records);
      messages++;
    }
    for (let i = 0; i < transformers; i++) await extracted.put(NO_MORE); // one for each
    return `${currentProcess().name} read ${messages} messages of records`;
  },

  transform(extracted, transformed) {
    let messages = 0;
    for (let records = extracted.getSync(); records !== NO_MORE; records = extracted.getSync()) {
      transformed.putSync(records.flatMap(clean));
      messages++;
    }
    transformed.putSync(NO_MORE);
    return `${currentProcess().name} cleaned ${messages} of them`;
  },

  load(transformed, transformers) {
    const table = new Map();
    for (let ended = 0; ended < transformers; ) {
      const strikes = transformed.getSync();
      if (strikes === NO_MORE) ended++;
      else for (const strike of strikes) add(table, strike);
    }
    return table;
  },
});

/** The table of a file's strikes, by phase of flight, and what each worker did for it. */
export async function strikesByPhase(file, transformers) {
  const [extracted, transformed] = [new Queue(BETWEEN), new Queue(BETWEEN)];
  // A worker for each part: all run at the same time, and block while they wait for one another.
  const pool = new Pool({ processes: 2 + transformers, name: 'worker' });
  try {
    const [table, ...said] = await Promise.all([
      pool.apply(load, [transformed, transformers]),
      pool.apply(extract, [file.href, extracted, transformers]),
      ...Array.from({ length: transformers }, () => pool.apply(transform, [extracted, transformed])),
    ]);
    return { table, said };
  } finally {
    // If a stage failed the others wait for what does not come: with their queues they end, too.
    extracted.close();
    transformed.close();
    await pool.close();
  }
}

/** The same in one thread. */
async function strikesAlone(file) {
  const table = new Map();
  for await (const records of recordsOf(file)) {
    for (const strike of records.flatMap(clean)) add(table, strike);
  }
  return table;
}

if (isMain(import.meta.url)) {
  const { values } = parseArgs({
    options: { file: { type: 'string' }, transformers: { type: 'string', default: '2' } },
  });
  const file = values.file === undefined ? FILE : pathToFileURL(values.file);
  const { table, said } = await strikesByPhase(file, Number(values.transformers));
  for (const line of said) console.log(line);

  const dollars = (value) => `$ ${value.toLocaleString('en')}`;
  console.log(
    `\n${'phase'.padEnd(14)}${'strikes'.padStart(8)}${'damaged'.padStart(9)}${'mean km/h'.padStart(11)}${'cost'.padStart(15)}`,
  );
  for (const [phase, row] of [...table].sort(([, a], [, b]) => b.strikes - a.strikes)) {
    const share = `${((100 * row.damaged) / row.strikes).toFixed(1)} %`;
    const speed = Math.round(row.kmh / row.strikes);
    console.log(
      `${phase.padEnd(14)}${String(row.strikes).padStart(8)}${share.padStart(9)}${String(speed).padStart(11)}${dollars(row.dollars).padStart(15)}`,
    );
  }
  const same = isDeepStrictEqual(table, await strikesAlone(file));
  console.log(same ? '\nOne thread makes the same table.' : '\nOne thread makes another table!');
  process.exitCode = same ? 0 : 1;
}
