// Every @example in the sources runs and prints what its comments say.

import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import {
  bare,
  type Example,
  type ExampleOutcome,
  examplesOfSource,
  expected,
  filesBelow,
  ROOT,
  runExamples,
} from './_examples';

const examples = filesBelow(join(ROOT, 'src'), '.ts').flatMap(examplesOfSource);
let outcomes: ExampleOutcome[];

beforeAll(async () => {
  // Kernels start the program's own pool: others would see its workers.
  const isKernel = ({ name }: Example) => name.startsWith('src/kernels');
  const byName = new Map<string, ExampleOutcome>();
  for (const part of [examples.filter(isKernel), examples.filter((example) => !isKernel(example))]) {
    const ran = await runExamples(part);
    for (const [index, { name }] of part.entries()) byName.set(name, ran[index]);
  }
  outcomes = examples.map(({ name }) => byName.get(name)!);
});

test('there are examples', () => expect(examples.length).toBeGreaterThan(100));

for (const [index, { name, code }] of examples.entries()) {
  test(name, () => {
    const { printed, error } = outcomes[index];
    expect(error).toBeUndefined();
    if (bare(printed) !== expected(code)) expect(printed).toBe(`as its comments say:\n${code}`);
  });
}
