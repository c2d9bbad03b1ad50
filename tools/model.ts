// Runs the models of the concurrent algorithms (test/model): all interleavings, random schedules, seeded mutants,
// and prints what was covered. `tsx tools/model.ts [file [part of a model's name]] [--full] [--random] [--replay "<name>#<seed>"]`
// --full: models that cannot be explored to their end, further: 20 million states instead of 300,000; and the largest
// as wasm too.
// --random: nothing but random schedules.
// MANYHANDS_SCHEDULES: random schedules for each model that gets them (20,000, or as many as fit into 5 s);
// MANYHANDS_SEED: the first one's seed (1).

import {
  explore,
  exploreBounded,
  failureText,
  type Loaded,
  load,
  loadShipped,
  modelFiles,
  mutantsOf,
  runRandom,
  tryMutant,
} from '../test/model/explorer/suite';

type Model = Loaded['models'][number];
type Shipped = Awaited<ReturnType<typeof loadShipped>>;

const args = process.argv.slice(2);
const replayAt = args.indexOf('--replay');
const replay = replayAt < 0 ? undefined : args.splice(replayAt, 2)[1];
const fullAt = args.indexOf('--full');
if (fullAt >= 0) args.splice(fullAt, 1);
const randomAt = args.indexOf('--random');
if (randomAt >= 0) args.splice(randomAt, 1);
const onlyRandom = randomAt >= 0;
const [only, part = ''] = args;
const schedules = Number(process.env.MANYHANDS_SCHEDULES ?? 20_000);
const scheduleSeconds = process.env.MANYHANDS_SCHEDULES === undefined ? 5 : Number.POSITIVE_INFINITY;
const largeStates = fullAt < 0 ? 300_000 : 20_000_000;
/** Models with more states are explored as TypeScript alone: the wasm has shown the same in the smaller ones. */
const twiceStates = fullAt < 0 ? 500_000 : Number.POSITIVE_INFINITY;
const firstSeed = Number(process.env.MANYHANDS_SEED ?? 1);
let failures = 0;
const sum = { models: 0, bounded: 0, states: 0, schedules: 0, mutants: 0, caught: 0 };

function row(name: string, ...cells: string[]): void {
  console.log([name.padEnd(46), ...cells.map((cell) => cell.padStart(13))].join(' '));
}

/** 12345678n → "1.2·10⁷". */
function power({
  interleavings: count,
  cyclic,
  depth,
}: {
  interleavings: bigint | undefined;
  cyclic: boolean;
  depth: number | undefined;
}): string {
  if (depth !== undefined) return `to step ${depth}`;
  if (count === undefined) return cyclic ? '∞' : '–';
  const digits = String(count);
  if (digits.length <= 6) return digits;
  const exponent = [...String(digits.length - 1)].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');
  return `${digits[0]}.${digits[1]}·10${exponent}`;
}

const threadsOf = ({ threads, deaths }: Model) => `${threads.length}${deaths ? ` +${deaths} †` : ''}`;

/** Explores a model to its end, as TypeScript and as the shipped wasm; one that has none as far as is told. */
function exploreAll(model: Model, loaded: Loaded, shipped: Shipped | undefined): void {
  const exploration = model.large
    ? exploreBounded(model, loaded.bind, largeStates)
    : explore(model, loaded.bind);
  if (exploration.depth !== undefined) sum.bounded++;
  sum.states += exploration.states;
  const again = shipped?.loaded.models.find(({ name }) => name === model.name);
  const isTwice = !model.large && exploration.states <= twiceStates;
  const asWasm = isTwice && shipped && again && explore(again, shipped.loaded.bind);
  row(
    model.name,
    threadsOf(model),
    String(exploration.states),
    power(exploration),
    exploration.seconds.toFixed(1),
    !asWasm
      ? ''
      : asWasm.states === exploration.states
        ? asWasm.seconds.toFixed(1)
        : `${asWasm.states} states`,
  );
  if (exploration.failure !== undefined) {
    failures++;
    console.log(failureText(exploration, loaded));
  }
  if (asWasm && asWasm.failure !== undefined && shipped !== undefined) {
    failures++;
    console.log(failureText(asWasm, shipped.loaded));
  }
}

async function runFile(file: string): Promise<void> {
  const started = performance.now();
  const { user, system } = process.cpuUsage();
  const loaded = await load(file);
  const shipped = replay === undefined && !onlyRandom ? await loadShipped(file) : undefined;
  if (shipped !== undefined && !shipped.isUntouched) {
    failures++;
    console.log(`${file}: the hooked wasm is not what ships`);
  }
  const [wanted, seed] = replay?.split('#') ?? [undefined, firstSeed];
  for (const model of loaded.models.filter(({ name }) => name.includes(part))) {
    if (wanted !== undefined && wanted !== model.name) continue;
    if (onlyRandom && !model.random && !model.large) continue;
    sum.models++;
    const threads = threadsOf(model);
    if (!model.random && !onlyRandom && wanted === undefined) exploreAll(model, loaded, shipped);
    if (model.random || model.large || wanted !== undefined) {
      const count = wanted === undefined ? schedules : 1;
      const run = runRandom(model, loaded.bind, Number(seed), count, scheduleSeconds);
      sum.schedules += run.schedules;
      row(model.name, threads, `${run.steps} steps`, `${run.schedules} runs`, run.seconds.toFixed(1));
      if (run.failure === undefined) continue;
      failures++;
      console.log(`${failureText(run, loaded)}\nreplay: ${model.name}#${run.failure.seed}`);
    }
  }
  if (part !== '' || onlyRandom || wanted !== undefined) return;
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
  const used = process.cpuUsage();
  const busy = ((used.user - user + used.system - system) / 1e6).toFixed(0);
  const tail = mutants.length === 0 ? '' : `, ${caught} of ${mutants.length} seeded mutants caught, `;
  console.log(
    `${file}: ${seconds} s (${busy} s of processor time)${tail}${tail && `the slowest in ${slowest.toFixed(1)} s`}`,
  );
  sum.mutants += mutants.length;
  sum.caught += caught;
  failures += mutants.length - caught;
}

row('model', 'threads', 'states', 'interleavings', 's', 's as wasm');
for (const file of only === undefined ? modelFiles() : [only]) await runFile(file);
if (only === undefined)
  console.log(
    `${sum.models} models, ${sum.bounded} of them not to their end, ${sum.states} states, ${sum.schedules} random schedules; ${sum.caught} of ${sum.mutants} seeded mutants caught; ${failures === 0 ? 'nothing' : failures} failed`,
  );
process.exitCode = failures === 0 ? 0 : 1;
