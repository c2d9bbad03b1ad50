// The bounded run of the explorer: every model that is not slow, every mutant of every file, some random schedules.

import { describe, expect, it } from 'vitest';
import { load } from './explorer/bundle';
import { explore } from './explorer/explore';
import { runRandom } from './explorer/random';
import { failureText, modelFiles, mutantsOf, tryMutant } from './explorer/suite';

const RANDOM_SCHEDULES = 300;
const RANDOM_SECONDS = 1;
/** Mutants of each file that the bounded run tries, evenly picked; tools/model.ts tries all. */
const MUTANTS = 6;

for (const file of modelFiles()) {
  describe(file, async () => {
    const loaded = await load(file);
    for (const model of loaded.models.filter(({ slow, random }) => !slow && !random)) {
      it(`${model.name}, every interleaving`, { timeout: 60_000 }, () => {
        const exploration = explore(model, loaded.bind);
        expect(failureText(exploration, loaded)).toBe('');
        expect(exploration.states).toBeGreaterThan(1);
      });
    }
    for (const model of loaded.models.filter(({ random }) => random)) {
      it(`${model.name}, some schedules`, { timeout: 60_000 }, () => {
        const run = runRandom(model, loaded.bind, 1, RANDOM_SCHEDULES, RANDOM_SECONDS);
        expect(failureText(run, loaded)).toBe('');
      });
    }
    const mutants = await mutantsOf(file);
    const every = Math.max(1, Math.ceil(mutants.length / MUTANTS));
    for (const mutant of mutants.filter((_, i) => i % every === 0)) {
      it(`a mutant is caught: ${mutant.breaks}`, { timeout: 60_000 }, async () => {
        expect((await tryMutant(file, mutant)).by).toBeDefined();
      });
    }
  });
}
