// What the workers do: they have nothing but the dict in common.

import { tasks } from 'manyhands';

const SPECIES = 8;
const COST = 12;

/** The fields of a line; a field in quotes may have commas in it. */
function fieldsOf(line) {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
    ([, quoted, plain]) => quoted ?? plain,
  );
}

export const { count } = tasks(import.meta.url, {
  count([strikes, progress, guard, lines]) {
    for (const line of lines) {
      const fields = fieldsOf(line);
      const cost = Number(fields[COST].replaceAll(',', ''));
      // In one step: no other worker sets this key between the look and the change.
      strikes.update(fields[SPECIES], (so) => ({ strikes: so.strikes + 1, cost: so.cost + cost }), {
        strikes: 0,
        cost: 0,
      });
    }
    // A namespace has no update: whoever changes what stands there takes a lock.
    const held = guard.acquireSync();
    progress.lines += lines.length;
    held.release();
  },
});
