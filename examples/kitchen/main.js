// The kitchen: the classic multiprocessing programs on real input. `npm start`, or `npm start -- --help`.

import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import process from 'node:process';
import { cpuCount, explain, Pool } from 'manyhands';
import { jobs } from './jobs/index.js';
import { runJob, succeeded } from './kitchen.js';
import { loadRemark, watchLoad } from './load.js';
import { parseOptions, UsageError, usage } from './options.js';
import { report } from './report/report.js';
import { oneLine, Screen } from './screen.js';

/** Names of a pool's workers: rows of the timelines. */
const namesOf = (pool) => Array.from({ length: pool.processes }, (_, i) => `${pool.name}-${i + 1}`);

/** @returns {Promise<number>} the exit code */
async function main(args) {
  const options = parseOptions(
    args,
    jobs.map(({ name }) => name),
    cpuCount(),
  );
  if (options.help) {
    console.log(usage(jobs, cpuCount()));
    return 0;
  }
  const { workers, out } = options;
  await mkdir(out, { recursive: true });

  const screen = new Screen();
  screen.welcome(explain());
  const all = new Pool({ processes: workers, name: 'cook' });
  const one = workers === 1 ? all : new Pool({ processes: 1, name: 'solo' });
  const othersLoad = watchLoad();
  const dishes = [];
  try {
    await Promise.all([one.ready, all.ready]);
    const chosen = jobs.filter(({ name }) => options.only.includes(name));
    for (const [i, job] of chosen.entries()) {
      screen.job(i + 1, chosen.length, job);
      const dish = await runJob(job, { one, all }, options, screen);
      screen.verdict(dish);
      dishes.push(dish);
    }
  } finally {
    await Promise.all([one.close(), all.close()]);
  }

  const page = join(out, 'report.html');
  const remark = loadRemark(othersLoad());
  const names = { one: namesOf(one), all: namesOf(all) };
  await writeFile(page, report(dishes, { workers, where: explain(), remark, names }));
  screen.summary(dishes, workers, remark, relative(process.cwd(), page));
  return dishes.every(succeeded) ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const advice = error instanceof UsageError ? ' (see --help)' : '';
  console.error(`kitchen: ${oneLine(error)}${advice}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
