// Runs the models of the concurrent algorithms (test/model): all interleavings, random schedules, seeded mutants,
// and prints what was covered. `tsx tools/model.ts [file [part of a model's name]] [--full] [--replay "<name>#<seed>"]`
// --full: the models, too, that take minutes.
// MANYHANDS_SCHEDULES: random schedules for each model (20000); MANYHANDS_SEED: the first one's seed (1).

import {
  explore,
  failureText,
  load,
  loadShipped,
  modelFiles,
  mutantsOf,
  runRandom,
  tryMutant,
} from '../test/model/explorer/suite';

const args = process.argv.slice(2);
const replayAt = args.indexOf('--replay');
const replay = replayAt < 0 ? undefined : args.splice(replayAt, 2)[1];
const fullAt = args.indexOf('--full');
if (fullAt >= 0) args.splice(fullAt, 1);
const [only, part = ''] = args;
const schedules = Number(process.env.MANYHANDS_SCHEDULES ?? 20_000);
const firstSeed = Number(process.env.MANYHANDS_SEED ?? 1);
let failures = 0;
const sum = { models: 0, states: 0, mutants: 0, caught: 0 };

function row(name: string, ...cells: string[]): void {
  console.log([name.padEnd(46), ...cells.map((cell) => cell.padStart(13))].join(' '));
}

/** 12345678n → "1.2·10⁷". */
function power({
  interleavings: count,
  cyclic,
}: {
  interleavings: bigint | undefined;
  cyclic: boolean;
}): string {
  if (count === undefined) return cyclic ? '∞' : '–';
  const digits = String(count);
  if (digits.length <= 6) return digits;
  const exponent = [...String(digits.length - 1)].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');
  return `${digits[0]}.${digits[1]}·10${exponent}`;
}

async function runFile(file: string): Promise<void> {
  const started = performance.now();
  const loaded = await load(file);
  const shipped = replay === undefined ? await loadShipped(file) : undefined;
  if (shipped !== undefined && !shipped.isUntouched) {
    failures++;
    console.log(`${file}: the hooked wasm is not what ships`);
  }
  for (const model of loaded.models.filter(({ name }) => name.includes(part))) {
    if (model.large && fullAt < 0 && replay === undefined) continue;
    sum.models++;
    const threads = `${model.threads.length}${model.deaths ? ` +${model.deaths} †` : ''}`;
    if (model.random || replay !== undefined) {
      const [name, seed] = replay?.split('#') ?? [model.name, firstSeed];
      if (name !== model.name) continue;
      const run = runRandom(model, loaded.bind, Number(seed), replay === undefined ? schedules : 1);
      row(model.name, threads, String(run.steps), `${run.schedules} runs`, run.seconds.toFixed(1));
      if (run.failure === undefined) continue;
      failures++;
      console.log(`${failureText(run, loaded)}\nreplay: ${model.name}#${run.failure.seed}`);
      continue;
    }
    const exploration = explore(model, loaded.bind);
    sum.states += exploration.states;
    const again = shipped?.loaded.models.find(({ name }) => name === model.name);
    const asWasm = shipped && again && explore(again, shipped.loaded.bind);
    row(
      model.name,
      threads,
      String(exploration.states),
      power(exploration),
      exploration.seconds.toFixed(1),
      asWasm === undefined
        ? ''
        : asWasm.states === exploration.states
          ? asWasm.seconds.toFixed(1)
          : `${asWasm.states} states`,
    );
    if (exploration.failure !== undefined) {
      failures++;
      console.log(failureText(exploration, loaded));
    }
    if (asWasm?.failure !== undefined && shipped !== undefined) {
      failures++;
      console.log(failureText(asWasm, shipped.loaded));
    }
  }
  if (part !== '' || replay !== undefined) return;
  const mutants = await mutantsOf(file);
  let caught = 0;
  let slowest = 0;
  for (const mutant of mutants) {
    const { by, seconds: took } = await tryMutant(file, mutant);
    if (process.env.MANYHANDS_VERBOSE)
      console.log(`  ${took.toFixed(2)} s  ${mutant.breaks} → ${by ?? 'NOT CAUGHT'}`);
    else if (by === undefined) console.log(`not caught: ${mutant.breaks} (${mutant.file}: "${mutant.find}")`);
    if (by !== undefined) caught++;
    slowest = Math.max(slowest, took);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const tail = mutants.length === 0 ? '' : `, ${caught} of ${mutants.length} seeded mutants caught, `;
  console.log(`${file}: ${seconds} s${tail}${tail && `the slowest in ${slowest.toFixed(1)} s`}`);
  sum.mutants += mutants.length;
  sum.caught += caught;
  failures += mutants.length - caught;
}

row('model', 'threads', 'states', 'interleavings', 's', 's as wasm');
for (const file of only === undefined ? modelFiles() : [only]) await runFile(file);
if (only === undefined)
  console.log(
    `${sum.models} models, ${sum.states} states; ${sum.caught} of ${sum.mutants} seeded mutants caught; ${failures === 0 ? 'nothing' : failures} failed`,
  );
process.exitCode = failures === 0 ? 0 : 1;
