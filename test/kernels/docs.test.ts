// docs/kernels.md has every kernel: `npm run docs` writes it.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as kernels from '../../src/kernels/index';

const page = readFileSync(new URL('../../docs/kernels.md', import.meta.url), 'utf8');
const names = Object.keys(kernels).filter((name) => `${name}Sync` in kernels);

it.each(names)('docs/kernels.md has a row for %s', (name) => {
  expect(page).toContain(`\n| \`${name}\` | `);
});
