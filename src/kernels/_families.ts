// The families of ready-made kernels; each module is a chunk of its own, imported on first use.

import type { Family } from './_module';

export const numbers: Family = {
  name: 'numbers',
  threads: () => import('./_generated/numbers.threads'),
  single: () => import('./_generated/numbers.single'),
};

export const arrays: Family = {
  name: 'arrays',
  threads: () => import('./_generated/arrays.threads'),
  single: () => import('./_generated/arrays.single'),
};

export const images: Family = {
  name: 'images',
  threads: () => import('./_generated/images.threads'),
  single: () => import('./_generated/images.single'),
};

export const text: Family = {
  name: 'text',
  threads: () => import('./_generated/text.threads'),
  single: () => import('./_generated/text.single'),
};

export const simulation: Family = {
  name: 'simulation',
  threads: () => import('./_generated/simulation.threads'),
  single: () => import('./_generated/simulation.single'),
};

export const matrices: Family = {
  name: 'matrices',
  threads: () => import('./_generated/matrices.threads'),
  single: () => import('./_generated/matrices.single'),
};

export const signals: Family = {
  name: 'signals',
  threads: () => import('./_generated/signals.threads'),
  single: () => import('./_generated/signals.single'),
};

/** By name: how a worker finds the family of a phase. */
export const families: Record<string, Family> = {
  numbers,
  arrays,
  images,
  text,
  simulation,
  matrices,
  signals,
};
