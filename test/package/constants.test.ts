// The numbers that the build puts in the place of constants are what the constants are.

import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { fold } from '../../tools/constants';

const root = resolve(import.meta.dirname, '../..');
/** Folders whose files declare the constants of the structures in shared memory, and of the codec's format. */
const FOLDERS = ['heap', 'map', 'pool', 'queue', 'sync']
  .map((name) => `assembly/${name}`)
  .concat('src/codec');

test.each(FOLDERS)('%s', async (folder) => {
  const wrong: string[] = [];
  let count = 0;
  for (const name of readdirSync(join(root, folder))) {
    if (!name.endsWith('.ts')) continue;
    const file = join(root, folder, name);
    const real: Record<string, unknown> = await import(file);
    for (const [constant, value] of fold(file).constants) {
      count++;
      if (real[constant] !== value) wrong.push(`${name}: ${constant} is ${real[constant]}, folded ${value}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(count).toBeGreaterThan(10);
});
