// Under MANYHANDS_DEBUG=1: says who waits for whom, after some seconds of waiting.

/** Called after each sleep of a wait. */
export function watchWait(
  _word: number,
  _value: number,
  _what: string,
  _began: number,
  _look?: () => void,
): void {}

/** Nobody of this thread waits for the word any more. */
export function forgetWait(_word: number): void {}
