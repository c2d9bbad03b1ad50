// What waitAny can wait for among the classes of this folder.

import type { WaitOptions } from '../sync/_options';

/** Whether taking from it would not wait: something is there, or the end. */
export const IS_READY = Symbol('isReady');
/** Resolves when {@link IS_READY} may be true. */
export const UNTIL_READY = Symbol('untilReady');

export interface Waitable {
  [IS_READY](): boolean;
  [UNTIL_READY](wait: WaitOptions): Promise<unknown>;
}
