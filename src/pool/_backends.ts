// Which backend a pool runs on.

import { NotShareableError } from '../errors';
import { isHeapShared } from '../heap/heap';
import { type Backend, runtime } from '../runtime/runtime';
import type { PoolBackend } from './_backend';
import type { BackendOptions } from './_watch';
import { InlineBackend } from './inline';
import { MessageBackend } from './message';
import { SharedBackend } from './shared';

/** The best backend that works here. */
export function bestBackend(): Backend {
  if (runtime().workers !== true) return 'inline';
  return isHeapShared() && canShare() ? 'shared' : 'message';
}

/** Whether shared memory may be sent to workers: in a page only if it is cross-origin isolated. */
export function canShare(): boolean {
  const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated;
  return typeof SharedArrayBuffer === 'function' && isolated !== false;
}

/**
 * Throws unless the backend works here.
 * @throws {NotShareableError} if it does not, {TypeError} if there is no such backend
 */
export function checkBackend(kind: Backend): void {
  if (kind === 'inline') return;
  if (kind !== 'shared' && kind !== 'message')
    throw new TypeError(`Cannot use the backend "${String(kind)}": wanted "shared", "message" or "inline"`);
  if (runtime().workers !== true) {
    throw new NotShareableError(`Cannot use the backend "${kind}": ${runtime().workers}. Use "inline"`);
  }
  if (kind === 'shared' && bestBackend() !== 'shared') {
    throw new NotShareableError(
      'Cannot use the backend "shared": this page is not cross-origin isolated. Serve it with "Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp"',
    );
  }
}

/** Makes a backend, or says what is missing for it. */
export function createBackend(kind: Backend, options: BackendOptions): PoolBackend {
  checkBackend(kind);
  if (kind === 'inline') return new InlineBackend(options);
  return kind === 'message' ? new MessageBackend(options) : new SharedBackend(options);
}
