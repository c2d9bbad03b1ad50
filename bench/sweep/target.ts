/** The target of the sweep: never slower than plain JavaScript. One rule, for the sweep's report and for docs/kernels.md. */

export interface Point {
  readonly size: number;
  readonly oursNs: number;
  readonly javascriptNs: number;
}

/** A call checks its arguments, which plain JavaScript does not, and clocks jitter: less than this counts as equal. */
export const EQUAL_NS = 100;
export const EQUAL_RATIO = 1.1;

/** Whether ours is slower, by more than checks and noise account for. */
export function isSlower({ oursNs, javascriptNs }: Point): boolean {
  return oursNs - javascriptNs > EQUAL_NS && oursNs > EQUAL_RATIO * javascriptNs;
}

/** The points that miss the target. */
export function missed(points: readonly Point[]): readonly Point[] {
  return points.filter(isSlower);
}
