// Random schedules of a model, for more threads than can be explored to the end. Each schedule follows from a seed,
// which is its replay string; races are found with vector clocks.

import { VectorClocks } from './clocks';
import { type Failure, nameOf } from './explore';
import { DIE, Machine, TIME_OUT, transitionKind } from './machine';
import type { Model } from './model';

/** Nodes that the replayer may hold before it is made anew. */
const NODES_MAX = 300_000;

export interface RandomRun {
  machine: Machine;
  schedules: number;
  steps: number;
  seconds: number;
  failure: (Failure & { seed: number }) | undefined;
}

/** Runs `count` schedules from `seed` on, or as many as fit in `seconds`. */
export function runRandom(
  model: Model,
  bind: ConstructorParameters<typeof Machine>[1],
  seed: number,
  count: number,
  seconds = Number.POSITIVE_INFINITY,
): RandomRun {
  const started = performance.now();
  let machine = new Machine(model, bind);
  let steps = 0;
  const elapsed = () => (performance.now() - started) / 1000;
  for (let i = 0; i < count && elapsed() < seconds; i++) {
    if (machine.replayer.nodes.length > NODES_MAX) machine = new Machine(model, bind);
    const path: number[] = [];
    const failure = runSchedule(machine, seed + i, path);
    steps += path.length;
    if (failure !== undefined)
      return {
        machine,
        schedules: i + 1,
        steps,
        seconds: elapsed(),
        failure: { ...failure, path, seed: seed + i },
      };
    if (i === count - 1) return { machine, schedules: count, steps, seconds: elapsed(), failure: undefined };
    if (elapsed() >= seconds)
      return { machine, schedules: i + 1, steps, seconds: elapsed(), failure: undefined };
  }
  return { machine, schedules: 0, steps, seconds: elapsed(), failure: undefined };
}

function runSchedule(
  machine: Machine,
  seed: number,
  path: number[],
): { what: string; error?: Error } | undefined {
  const { model } = machine;
  const random = mulberry32(seed);
  const clocks = new VectorClocks(machine.threads);
  machine.clocks = clocks;
  const state = machine.begin();
  // Schedules differ in how long a thread keeps the processor and in when somebody dies.
  const patience = random();
  const mortality = random() * 0.05;
  let last = -1;
  /** Daemons that look at the end of each slice of their sleep and find nothing: looks since a word has changed. */
  let looks = 0;
  let words = state.words.slice();
  const bound = (model.bound ?? 500) * 20 * machine.threads;
  while (path.length < bound) {
    const codes = machine.transitions(state);
    const steps = codes.filter((code) => transitionKind(code) !== DIE && transitionKind(code) !== TIME_OUT);
    const others = codes.filter((code) => transitionKind(code) === DIE || transitionKind(code) === TIME_OUT);
    const timeouts = others.filter((code) => transitionKind(code) === TIME_OUT);
    let code: number | undefined;
    if (others.length > 0 && random() < mortality) code = pick(others, random);
    else if (last >= 0 && random() < patience && steps.includes(last)) code = last;
    else code = pick(steps, random);
    if (code === undefined && timeouts.length > 0) {
      if (looks === 0 || words.some((word, i) => word !== state.words[i])) {
        words = state.words.slice();
        looks = 0;
      }
      if (!machine.hasEnded(state) || looks < 2 * timeouts.length) code = timeouts[looks++ % timeouts.length];
    }
    if (code === undefined) {
      if (!machine.hasEnded(state)) return { what: 'Deadlock' };
      const error = model.finally && machine.check(state, model.finally);
      return error && { what: error.message, error };
    }
    path.push(code);
    machine.perform(state, code);
    last = code;
    const error = machine.failure ?? (model.always && machine.check(state, model.always));
    if (error !== undefined) return { what: error.message, error };
    if (clocks.race !== undefined) {
      const names = clocks.race.threads.map((thread) => model.threads[thread]?.name ?? 'reaper');
      return {
        what: `Race: plain accesses of ${names.join(' and ')} to ${nameOf(model, clocks.race.p)} are not ordered`,
      };
    }
  }
  return { what: `A loop without end: ${bound} steps` };
}

function pick(codes: readonly number[], random: () => number): number | undefined {
  return codes.length === 0 ? undefined : codes[Math.floor(random() * codes.length)];
}

function mulberry32(seed: number): () => number {
  let state = (seed + 0x6d2b79f5) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
