// The explorer itself: leaving steps out must leave no end out, and what the models look for must be found.

import { expect, it } from 'vitest';
import { loadExplorer } from './_load';

const { explore, load } = await loadExplorer('explorer');

/** Small enough to be explored without leaving anything out: with deaths, time-outs, hand-overs, races for slots. */
const SMALL: Array<[file: string, model: string]> = [
  ['lock', 'lock 2 × 2, handed over'],
  ['lock', 'lock 3 × 1, one gives up'],
  ['lock', 'lock 2 × 2, a death'],
  ['rwlock', 'rwlock: a reader, a writer, a death'],
  ['condition', 'condition: two wait, one gives up'],
  ['once', 'once 2 × 2, two deaths'],
  ['barrier', 'barrier 2 × 2, a death'],
  ['board', 'board: 2 tasks, 1 worker, death'],
];

for (const [file, name] of SMALL) {
  it(`leaves no end out: ${name}`, { timeout: 240_000 }, async () => {
    const loaded = await load(file);
    const model = loaded.models.find((one) => one.name === name);
    if (model === undefined) throw new Error(`No model ${name}`);
    const ends = (full: boolean): { states: number; ends: string[] } => {
      const found = new Set<string>();
      const finally_ = model.finally;
      const { states, failure, machine } = explore(
        {
          ...model,
          full,
          finally(world) {
            const words = machineWords().map((p) => `${p}:${world.word(p)}`);
            found.add(JSON.stringify([words.sort(), [...world.dead].sort(), world.self]));
            finally_?.call(model, world);
          },
        },
        loaded.bind,
      );
      expect(failure).toBe(undefined);
      addresses = [...new Set([...addresses, ...machine.addresses])];
      return { states, ends: [...found].sort() };
    };
    let addresses: number[] = [];
    const machineWords = () => addresses;
    ends(true); // learns which words there are
    const all = ends(true);
    const some = ends(false);
    expect(some.ends).toEqual(all.ends);
    expect(some.states).toBeLessThan(all.states);
  });
}
