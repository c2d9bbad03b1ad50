// What the three stages of the pipeline do with some records; the same code alone and in workers.

import { InputError } from '../inputs.js';
import { parseCsv } from './csv.js';

/** The columns that are used, by the names of the file's first line, in the order in which `extract` gives them. */
const COLUMNS = {
  damage: 'Effect Amount of damage',
  date: 'Flight Date',
  phase: 'Phase of flight',
  species: 'Wildlife Species',
  cost: 'Cost Total $',
};
const DAMAGE = { None: 'none', Minor: 'minor', Medium: 'medium', Substantial: 'substantial' };
const RESAMPLES = 5000;

/** Where each column stands, from the file's first line. */
export function readHeader(text, file) {
  const [header = []] = parse(text, 1, file).records;
  const places = {};
  for (const [key, name] of Object.entries(COLUMNS)) {
    places[key] = header.indexOf(name);
    if (places[key] < 0) throw new InputError(`Cannot use ${file}: it has no column "${name}"`);
  }
  return { places, width: header.length };
}

/** Extract: the fields that are used, of each record in a part of the file. */
export function extract(text, firstLine, { places, width }, file) {
  const { records, lines } = parse(text, firstLine, file);
  const used = Object.values(places);
  const rows = records.map((record, i) => {
    if (record.length !== width) {
      throw new InputError(
        `Cannot use ${file}: line ${lines[i]} has ${record.length} fields instead of ${width}`,
      );
    }
    return used.map((place) => record[place]);
  });
  return { rows, lines };
}

function parse(text, firstLine, file) {
  try {
    return parseCsv(text, firstLine);
  } catch (error) {
    throw new InputError(`Cannot use ${file}: ${error.message}`, { cause: error });
  }
}

/** Transform: checks and cleans what was extracted. */
export function transform({ rows, lines }, file) {
  return rows.map(([damage, date, phase, species, costs], i) => {
    const wrong = (what) => new InputError(`Cannot use ${file}: line ${lines[i]} has ${what}`);
    const year = Number(/^(\d{4})-\d\d-\d\d$/.exec(date)?.[1] ?? Number.NaN);
    if (Number.isNaN(year)) throw wrong(`no date but "${date}"`);
    const cost = Number(costs || 0);
    if (!Number.isFinite(cost) || cost < 0) throw wrong(`no cost but "${costs}"`);
    return { year, damage: DAMAGE[damage] ?? 'unclear', phase, species, cost };
  });
}

/** Load: a year's strikes as a row of the table, with the interval that the mean cost lies in. */
export function load({ year, strikes }) {
  const costs = Float64Array.from(strikes, ({ cost }) => cost);
  const [low, high] = bootstrap(costs, year);
  return {
    year,
    strikes: strikes.length,
    damaged: strikes.filter(({ damage }) => damage !== 'none').length,
    cost: costs.reduce((sum, cost) => sum + cost, 0),
    low,
    high,
    bySpecies: tally(strikes, 'species'),
    byDamage: tally(strikes, 'damage'),
    byPhase: tally(strikes, 'phase'),
  };
}

/** How often each value of a field comes, and what it cost. */
function tally(strikes, field) {
  const groups = new Map();
  for (const strike of strikes) addTo(groups, strike[field], 1, strike.cost);
  return groups;
}

function addTo(groups, key, count, cost) {
  const group = groups.get(key) ?? { count: 0, cost: 0 };
  groups.set(key, { count: group.count + count, cost: group.cost + cost });
}

/**
 * The middle 90 % of the means of resamples (Efron 1979). Few strikes cost anything and some cost millions, so a
 * mean says little without it.
 */
function bootstrap(values, seed) {
  const random = mulberry32(seed);
  const means = new Float64Array(RESAMPLES);
  for (let r = 0; r < RESAMPLES; r++) {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(random() * values.length)];
    means[r] = sum / values.length;
  }
  means.sort();
  return [means[Math.floor(RESAMPLES * 0.05)], means[Math.floor(RESAMPLES * 0.95)]];
}

/** A small generator with a seed: the same numbers wherever the stage runs. */
function mulberry32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The rows of all years as the tables of the report. */
export function summary(rows) {
  const merged = { bySpecies: new Map(), byDamage: new Map(), byPhase: new Map() };
  for (const row of rows) {
    for (const [field, groups] of Object.entries(merged)) {
      for (const [key, { count, cost }] of row[field]) addTo(groups, key, count, cost);
    }
  }
  const years = rows.map(({ bySpecies, byDamage, byPhase, ...year }) => year);
  return { years: years.sort((a, b) => a.year - b.year), ...merged };
}
