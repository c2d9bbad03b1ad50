// Every kernel against what numpy and Python's libraries say (test/golden): the promise on a pool, and at once.

import { difference, goldenCases } from '../../golden/golden.js';
import { deepEqual, fail } from '../assert.js';
import { describe, test } from '../harness.js';
import { kernels, Pool } from '../lib.js';

describe('golden');

const golden = goldenCases();

test('there are golden cases for every kernel', () => {
  const names = Object.keys(kernels).filter((name) => typeof kernels[`${name}Sync`] === 'function');
  deepEqual([...golden.keys()].sort(), names.sort());
});

for (const [kernel, cases] of golden) {
  test(`${kernel} gives what numpy or Python gives`, async () => {
    const pool = new Pool(2);
    for (const { args, want, near, line } of cases) {
      const inputs = args();
      const last = inputs.at(-1);
      const hasOptions =
        typeof last === 'object' && last?.constructor === Object && !('data' in last || 'mass' in last);
      const options = { ...(hasOptions ? inputs.pop() : {}), pool };
      // Optional arguments before the options.
      if (kernel === 'fft' && inputs.length < 2) inputs.push(null);
      for (const [form, result] of [
        [kernel, await kernels[kernel](...inputs, options)],
        [`${kernel}Sync`, kernels[`${kernel}Sync`](...inputs, options)],
      ]) {
        const found = difference(result, want, near);
        if (found !== undefined) fail(`${form}, line ${line} of test/golden/kernels.js: ${found}`);
      }
    }
    await pool.close();
  });
}
