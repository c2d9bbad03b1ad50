// What else keeps the machine busy: on a machine with other things to do, no speed-up is what it could be.

import { cpus } from 'node:os';
import process from 'node:process';
import { cpuCount } from 'manyhands';

function busyMs() {
  let busy = 0;
  for (const { times } of cpus()) busy += times.user + times.nice + times.sys + times.irq;
  return busy;
}

function ownMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Starts watching.
 *
 * @returns {() => number} how many cores other programs took since, on average; 0 where that cannot be told, because
 * the cores seen are not those this program may use
 */
export function watchLoad() {
  const start = performance.now();
  const others = busyMs() - ownMs();
  const visible = cpus().length === cpuCount();
  return () => (visible ? Math.max(0, (busyMs() - ownMs() - others) / (performance.now() - start)) : 0);
}

/** A sentence on that load if it is worth one. */
export function loadRemark(cores) {
  if (cores < 0.2) return '';
  return `Other programs took ${cores.toFixed(1)} of the ${cpuCount()} cores meanwhile: on a quiet machine the speed-ups are higher.`;
}
