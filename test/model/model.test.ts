// The bounded run of the explorer: every model that is not slow, as TypeScript and as the shipped wasm, some random
// schedules, a sample of the mutants. tools/model.ts runs everything.

import { describe, expect, it } from 'vitest';
import { loadExplorer } from './_load';

const RANDOM_SCHEDULES = 300;
const RANDOM_SECONDS = 1;
/** Mutants of each file that are tried, evenly picked. */
const MUTANTS = 2;
/** Models with more states than this are not explored a second time as wasm. */
const WASM_STATES = 40_000;

const { explore, failureText, load, loadShipped, modelFiles, mutantsOf, runRandom, tryMutant } =
  await loadExplorer('suite');

for (const file of modelFiles()) {
  const loaded = await load(file);
  const mutants = await mutantsOf(file);
  describe(`models of ${file}`, () => {
    const states = new Map<string, number>();
    for (const model of loaded.models.filter(({ slow, large, random }) => !slow && !large && !random)) {
      it(`${model.name}, every interleaving`, { timeout: 240_000 }, () => {
        const exploration = explore(model, loaded.bind);
        expect(failureText(exploration, loaded)).toBe('');
        expect(exploration.states).toBeGreaterThan(1);
        states.set(model.name, exploration.states);
      });
    }

    it('the shipped wasm: the same states', { timeout: 240_000 }, async () => {
      const shipped = await loadShipped(file);
      expect(shipped.isUntouched).toBe(true);
      expect(shipped.hooks).toBeGreaterThan(0);
      for (const model of shipped.loaded.models) {
        const count = states.get(model.name);
        if (count === undefined || count > WASM_STATES) continue;
        const exploration = explore(model, shipped.loaded.bind);
        expect(failureText(exploration, shipped.loaded)).toBe('');
        expect(exploration.states).toBe(count);
      }
    });

    for (const model of loaded.models.filter(({ random }) => random)) {
      it(`${model.name}, some schedules`, { timeout: 240_000 }, () => {
        expect(failureText(runRandom(model, loaded.bind, 1, RANDOM_SCHEDULES, RANDOM_SECONDS), loaded)).toBe(
          '',
        );
      });
    }

    const every = Math.max(1, Math.ceil(mutants.length / MUTANTS));
    for (const mutant of mutants.filter((_, i) => i % every === 0)) {
      it(`a seeded fault is found: ${mutant.breaks}`, { timeout: 240_000 }, async () => {
        expect((await tryMutant(file, mutant)).by).toBeDefined();
      });
    }
  });
}
