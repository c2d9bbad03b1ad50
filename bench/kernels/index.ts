/** The kernels' group: a bench for every kernel, and one table of them all. */
import type { Group } from '../harness/types.js';
import { arrays } from './arrays.js';
import { kernelBench } from './contenders.js';
import { images } from './images.js';
import { matrices } from './matrices.js';
import { numbers } from './numbers.js';
import { simulation } from './simulation.js';
import { summarise } from './summary.js';
import { text } from './text.js';

export const kernelSpecs = [...numbers, ...arrays, ...matrices, ...images, ...text, ...simulation];
export const memoryBound = new Set(
  kernelSpecs.flatMap(({ name, isMemoryBound }) => (isMemoryBound ? [name] : [])),
);

export const kernels: Group = {
  name: 'kernels',
  summary: 'our kernels against C++, numpy, JavaScript and libraries on the same cores',
  benches: (options) => kernelSpecs.map((spec) => kernelBench(spec, options)),
  summarise: (results) => summarise(results, memoryBound),
};
