/** What a worker's code threw, on its way to whoever waits for the result. */
import { describe } from './_error-fields.js';
import { decode, encode } from './codec.js';

/**
 * Packs whatever was thrown. Never fails: what cannot travel is described.
 *
 * @param reason what was caught
 * @returns a record of plain bytes, which the codec and `postMessage` both carry
 * @example
 * ```ts
 * const error = decodeError(encodeError(new RangeError('too hot'))) as RangeError & { remoteStack: string };
 * console.log(error instanceof RangeError, error.message, typeof error.remoteStack); // true too hot string
 * ```
 */
export function encodeError(reason: unknown): unknown {
  try {
    return encode(isError(reason) ? reason : wrap(reason, reason)).slice();
  } catch {
    return encode(wrap(reason, describe(reason))).slice();
  }
}

const isError = (reason: unknown): boolean =>
  reason instanceof Error || Object.prototype.toString.call(reason) === '[object Error]';

/** An error that shows a thrown value which is none. */
function wrap(reason: unknown, cause: unknown): Error {
  return new Error(`A value that is not an error was thrown: ${describe(reason)}`, { cause });
}

/**
 * Unpacks what {@link encodeError} packed: the error with its class, message, fields and causes, and the
 * worker's stack as `remoteStack`.
 *
 * @param record what `encodeError` returned
 * @returns the error
 * @throws DecodeError where the record is none
 */
export function decodeError(record: unknown): unknown {
  const error = decode(record instanceof Uint8Array ? record : new Uint8Array(0));
  if (error instanceof Error && !Object.hasOwn(error, 'remoteStack')) {
    Object.defineProperty(error, 'remoteStack', {
      value: String(error.stack ?? ''),
      writable: true,
      configurable: true,
    });
  }
  return error;
}

/** An error as a runtime prints one that nobody caught: its name and message, and where it was thrown. */
export function traceOf(error: unknown): string {
  const { stack, remoteStack = stack } = Object(error) as { stack?: string; remoteStack?: string };
  const what = isError(error) ? String(error) : describe(error);
  if (!remoteStack) return what;
  // V8's stacks begin with the message, those of other engines leave it out.
  return remoteStack.includes((error as Error).message) ? remoteStack : `${what}\n${remoteStack}`;
}
