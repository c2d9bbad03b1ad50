/** The few statistics the tables show. None of them assumes a bell curve: noise on a machine is one-sided. */

/** @returns The value below which the share `q` (0 … 1) of the samples lies, interpolated; NaN of none. */
export function quantile(samples: ArrayLike<number>, q: number): number {
  const sorted = Float64Array.from(samples).sort();
  if (sorted.length === 0) return Number.NaN;
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const above = Math.ceil(position);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

export function median(samples: ArrayLike<number>): number {
  return quantile(samples, 0.5);
}

/** @returns The interquartile range as a share of the median: how far one round is from the next. */
export function spread(rounds: ArrayLike<number>): number {
  return (quantile(rounds, 0.75) - quantile(rounds, 0.25)) / median(rounds);
}

export interface Summary {
  readonly median: number;
  readonly p99: number;
  readonly min: number;
  readonly max: number;
  /** Of `rounds`, as a share of the median. */
  readonly spread: number;
  readonly samples: number;
  /** The median of each round, in the order they were run. */
  readonly rounds: readonly number[];
}

/**
 * @param rounds What each round gave: one figure, or one per operation.
 * @returns `undefined` where nothing was measured.
 */
export function summarise(rounds: readonly (number | ArrayLike<number>)[]): Summary | undefined {
  if (rounds.length === 0) return undefined;
  const all: number[] = [];
  const medians: number[] = [];
  for (const round of rounds) {
    if (typeof round === 'number') {
      all.push(round);
      medians.push(round);
    } else {
      for (let i = 0; i < round.length; i++) all.push(round[i]);
      medians.push(median(round));
    }
  }
  return {
    median: median(all),
    p99: quantile(all, 0.99),
    min: quantile(all, 0),
    max: quantile(all, 1),
    spread: spread(medians),
    samples: all.length,
    rounds: medians,
  };
}
