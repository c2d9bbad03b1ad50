// A call's own end: its timeout and its signal.

import { TimeoutError } from '../errors';
import type { Job } from './_jobs';
import { MapSource } from './_map';
import type { CallOptions } from './_options';

/** Ends the call at its timeout or abort; what runs already runs on, its result is dropped. */
export function watchCall(
  { timeout, signal }: CallOptions,
  what: string,
  work: Job | MapSource,
  reject: (error: unknown) => void,
): void {
  const stop = (error: unknown): void => {
    if (work instanceof MapSource) work.cancel(error);
    else if (!work.cancelled) {
      work.cancelled = true;
      work.onEnd?.();
      reject(error);
    }
  };
  if (signal?.aborted) throw signal.reason;
  const onAbort = () => stop(signal!.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer =
    timeout === undefined
      ? undefined
      : setTimeout(() => stop(new TimeoutError(`Cannot finish ${what} within ${timeout} ms`)), timeout);
  if (signal === undefined && timer === undefined) return;
  work.onEnd = () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
}
