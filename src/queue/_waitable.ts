// What waitAny can wait for among the classes of this folder. Names that begin with a tilde are no part of the
// contract; names, not symbols, because bundlers keep a class with computed names although nobody uses it.

import type { WaitOptions } from '../sync/_options';

export interface Waitable {
  /** Whether taking from it would not wait: something is there, or the end. */
  '~isReady'(): boolean;
  /** Resolves when '~isReady' may be true. */
  '~untilReady'(wait: WaitOptions): Promise<unknown>;
}
