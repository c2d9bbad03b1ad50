// Every example of the guides runs and prints what its comments say.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { bare, type ExampleOutcome, examplesOfGuide, expected, ROOT, runExamples } from './_examples';

const GUIDES = ['from-python.md', 'from-piscina-and-workerpool.md'];
const examples = GUIDES.flatMap((guide) => examplesOfGuide(join(ROOT, 'docs', guide)));
let outcomes: ExampleOutcome[];

beforeAll(async () => {
  outcomes = await runExamples(examples);
});

test('there are examples', () => expect(examples.length).toBeGreaterThan(10));

for (const [index, { name, code }] of examples.entries()) {
  test(name, () => {
    const { printed, error } = outcomes[index];
    expect(error).toBeUndefined();
    if (bare(printed) !== expected(code)) expect(printed).toBe(`as its comments say:\n${code}`);
  });
}

test('python-tests.md names cases that there are', () => {
  const table = readFileSync(join(ROOT, 'docs/python-tests.md'), 'utf8');
  let cases = 0;
  for (const [, file, titles] of table.matchAll(/`([\w/.-]+\.(?:js|ts))`: ((?:“[^”]+”(?:, )?)+)/g)) {
    const source = readFileSync(join(ROOT, 'test', file), 'utf8');
    for (const [, title] of titles.matchAll(/“([^”]+)”/g)) {
      cases++;
      if (!source.includes(title)) expect.fail(`${file} has no case "${title}"`);
    }
  }
  expect(cases).toBeGreaterThan(80);
});
