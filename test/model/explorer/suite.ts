// Files of models and of mutants, found by their folder; what both the tests and tools/model.ts run.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { build } from 'esbuild';
import { type Loaded, load, type Mutation, root } from './bundle';
import { type Exploration, explore } from './explore';
import type { Machine } from './machine';
import type { Model } from './model';
import { runRandom } from './random';
import { tell } from './trace';

/** A seeded fault: the change, and what it breaks. */
export interface Mutant extends Omit<Mutation, 'file'> {
  file?: string;
  breaks: string;
}

/** What `mutants/<name>.ts` exports. */
export interface Mutants {
  /** The source that is changed where a mutant names none. */
  file: string;
  mutants: Mutant[];
}

/** Most states of a model that looks for a mutant: in the first round, and in the second. */
const STATES_FIRST = 30_000;
const STATES_AT_LAST = 1_000_000;
/** Random schedules of a model that look for a mutant: those that fit into a second at first, all of them at last. */
const SCHEDULES = 3_000;

const folder = join(root, 'test/model');

/** The names of all files of models. */
export function modelFiles(): string[] {
  return readdirSync(join(folder, 'models'))
    .filter((file) => file.endsWith('.ts') && !file.startsWith('_'))
    .map((file) => file.slice(0, -3))
    .sort();
}

/** The mutants of a file of models. */
export async function mutantsOf(name: string): Promise<Array<Mutation & { breaks: string }>> {
  const path = join(folder, 'mutants', `${name}.ts`);
  if (!existsSync(path)) return [];
  const { outputFiles } = await build({
    entryPoints: [path],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'list',
  });
  const list = new Script(`${outputFiles[0].text};list.default`).runInThisContext() as Mutants;
  return list.mutants.map((mutant) => ({ ...mutant, file: mutant.file ?? list.file }));
}

/** Schedules that teach a bounded exploration which words each thread touches. */
const LESSONS = 300;

/**
 * Explores a model that is too large to be explored to its end, breadth first, up to a number of states. What threads
 * touch beyond them would be unknown, and steps left out on that ground: random schedules go there first.
 */
export function exploreBounded(
  model: Model,
  bind: ConstructorParameters<typeof Machine>[1],
  maxStates: number,
): Exploration {
  const { machine } = runRandom(model, bind, 1, LESSONS);
  return explore({ ...model, maxStates, bounded: true }, bind, machine.users);
}

export interface Caught {
  breaks: string;
  /** The model that failed and how; undefined if none did. */
  by: string | undefined;
  seconds: number;
}

/** Runs the models of a file over a mutant, until one fails. */
export async function tryMutant(name: string, mutant: Mutation & { breaks: string }): Promise<Caught> {
  const { models, bind } = await load(name, mutant);
  const started = performance.now();
  const candidates = models.filter(({ large }) => !large);
  // Small models first, all of them a little before any of them to its end, and slow ones to their end at last.
  for (const [maxStates, slow] of [
    [STATES_FIRST, undefined],
    [STATES_AT_LAST, false],
    [STATES_AT_LAST, true],
  ] as const) {
    for (const model of candidates) {
      if (slow !== undefined && slow !== (model.slow === true || model.random === true)) continue;
      const failure = model.random
        ? runRandom(model, bind, 1, SCHEDULES, slow === undefined ? 1 : Number.POSITIVE_INFINITY).failure
        : explore({ ...model, maxStates }, bind).failure;
      if (failure === undefined || failure.what.startsWith('Not explored')) continue;
      return {
        breaks: mutant.breaks,
        by: `${model.name}: ${failure.what}`,
        seconds: (performance.now() - started) / 1000,
      };
    }
  }
  return { breaks: mutant.breaks, by: undefined, seconds: (performance.now() - started) / 1000 };
}

/** An exploration's failure as text, with its steps. */
export function failureText(
  { machine, failure }: Pick<Exploration, 'machine' | 'failure'>,
  { sourceMap, atomics }: Loaded,
): string {
  return failure === undefined ? '' : tell(machine, failure, sourceMap, atomics.remarks);
}

export { type Loaded, load } from './bundle';
export { explore } from './explore';
export { Histories } from './history';
export { type Operation, type Spec, whyNotLinearizable } from './linearize';
export { runRandom } from './random';
export { loadShipped } from './wasm';
