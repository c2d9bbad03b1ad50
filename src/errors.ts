/**
 * The whole error vocabulary of manyhands.
 *
 * Every class extends {@link ManyhandsError}, has a stable `code`, and arrives in another thread as itself.
 * Constructors take the message first and the fields of the class second, so that an error can be rebuilt.
 * One file, though over 400 lines, so that every error is found in one place.
 */

/** What every constructor takes besides its message: the standard `cause`. */
export interface ManyhandsErrorOptions {
  cause?: unknown;
}

/**
 * The base of all errors that manyhands throws. Thrown itself, with the `code` of the case, where no class
 * says more: a missing or taken shared-memory name has `ENOENT` or `EEXIST`.
 *
 * @example
 * ```ts
 * const error = new ManyhandsError('Cannot attach to shared memory "grid": no such name', { code: 'ENOENT' });
 * console.log(error.code); // ENOENT
 * ```
 */
export class ManyhandsError extends Error {
  /** Stable, for programs to compare; `ERR_…` unless it is a system code. */
  readonly code: string;

  constructor(message?: string, options?: ManyhandsErrorOptions & { code?: string }) {
    super(message, options !== undefined && 'cause' in options ? { cause: options.cause } : undefined);
    this.code = options?.code ?? 'ERR_MANYHANDS';
  }

  protected static readonly named = /* @__PURE__ */ define(() => this, 'ManyhandsError');
}

/**
 * A name that survives bundling and minifying: on the class, and on the prototype as the built-in errors have it. Given
 * in a static field, so that a bundler drops it with the class.
 */
function define(self: () => { prototype: object }, name: string): void {
  const Class = self();
  Object.defineProperty(Class, 'name', { value: name, configurable: true });
  Object.defineProperty(Class.prototype, 'name', { value: name, writable: true, configurable: true });
}

/**
 * A wait ran out of time. Thrown by whatever takes a `timeout`.
 *
 * @example
 * ```ts
 * const late = new TimeoutError('Cannot acquire the lock within 50 ms');
 * console.log(late.code, late instanceof ManyhandsError); // ERR_TIMEOUT true
 * ```
 */
export class TimeoutError extends ManyhandsError {
  constructor(message = 'The operation timed out', options?: ManyhandsErrorOptions & { code?: string }) {
    super(message, { code: 'ERR_TIMEOUT', ...options });
  }

  protected static override readonly named = /* @__PURE__ */ define(() => this, 'TimeoutError');
}

/**
 * A queue had nothing to give. Thrown by `tryGet`, and by `get` with a `timeout`.
 *
 * @example
 * ```ts
 * console.log(new Empty().code, new Empty() instanceof TimeoutError); // ERR_EMPTY true
 * ```
 */
export class Empty extends TimeoutError {
  constructor(message = 'The queue is empty', options?: ManyhandsErrorOptions) {
    super(message, { ...options, code: 'ERR_EMPTY' });
  }

  protected static override readonly named = /* @__PURE__ */ define(() => this, 'Empty');
}

/**
 * A queue had no room. Thrown by `tryPut`, and by `put` with a `timeout`.
 *
 * @example
 * ```ts
 * console.log(new Full().code, new Full() instanceof TimeoutError); // ERR_FULL true
 * ```
 */
export class Full extends TimeoutError {
  constructor(message = 'The queue is full', options?: ManyhandsErrorOptions) {
    super(message, { ...options, code: 'ERR_FULL' });
  }

  protected static override readonly named = /* @__PURE__ */ define(() => this, 'Full');
}

/**
 * The thing was closed. Thrown by every operation on a closed queue, pipe, pool or handle, and what pending
 * work rejects with when its pool is terminated.
 *
 * @example
 * ```ts
 * console.log(new ClosedError('Cannot map: the pool is closed').code); // ERR_CLOSED
 * ```
 */
export class ClosedError extends ManyhandsError {
  constructor(message = 'The object is closed', options?: ManyhandsErrorOptions) {
    super(message, { ...options, code: 'ERR_CLOSED' });
  }

  protected static override readonly named = /* @__PURE__ */ define(() => this, 'ClosedError');
}

/**
 * The other end of a pipe is gone and everything it sent has been read. Thrown by `recv` and its kin.
 *
 * @example
 * ```ts
 * console.log(new EOFError().code); // ERR_EOF
 * ```
 */
export class EOFError extends ManyhandsError {
  constructor(message = 'The other end of the pipe is closed', options?: ManyhandsErrorOptions) {
    super(message, { ...options, code: 'ERR_EOF' });
  }

  protected static override readonly named = /* @__PURE__ */ define(() => this, 'EOFError');
}

/**
 * A barrier was aborted, reset, timed out, or lost a party. Thrown to everybody waiting at it.
 *
 * @example
 * ```ts
 * console.log(new BrokenBarrierError().code); // ERR_BROKEN_BARRIER
 * ```
 */
export class BrokenBarrierError extends ManyhandsError {
  constructor(message = 'The barrier is broken', options?: ManyhandsErrorOptions) {
    super(message, { ...options, code: 'ERR_BROKEN_BARRIER' });
  }

  protected static override readonly named = /* @__PURE__ */ define(() => this, 'BrokenBarrierError');
}

/**
 * The lock's owner died while holding it, and the lock is now the catcher's. Thrown by `acquire`, once, to the
 * next in line: repair the data, then release the guard.
 *
 * @example
 * ```ts
 * const guard = { release() {} };
 * const error = new OwnerDiedError('The owner of the lock died', { guard });
 * (error.guard as typeof guard).release();
 * ```
 */
export class OwnerDiedError extends ManyhandsError {
  /** Holds the lock for whoever caught this; release it after the repair. */
  declare readonly guard: unknown;

  constructor(
    message = 'The owner of the lock died while holding it',
    options?: ManyhandsErrorOptions & { guard?: unknown },
  ) {
    super(message, { ...options, code: 'ERR_OWNER_DIED' });
    // Not enumerable: a guard belongs to its thread and stays behind when the error travels.
    Object.defineProperty(this, 'guard', { value: options?.guard, writable: true, configurable: true });
  }

  protected static override readonly named = /* @__PURE__ */ define(() => this, 'OwnerDiedError');
}

/**
 * A worker ended while it had work. Thrown to the callers of that work.
 *
 * @example
 * ```ts
 * const error = new WorkerExitError('Worker 3 exited', { worker: 3, exitCode: 1, task: 'cook' });
 * console.log(error.worker, error.exitCode, error.task); // 3 1 cook
 * ```
 */
export class WorkerExitError extends ManyhandsError {
  /** The worker's id. */
  readonly worker: number | string | undefined;
  /** As `Process.exitCode`: negative when it was terminated, `null` where nobody knows. */
  readonly exitCode: number | null;
  /** What it was running: the function's name or id. */
  readonly task: string | number | undefined;

  constructor(
    message = 'The worker exited unexpectedly',
    options?: ManyhandsErrorOptions & {
      worker?: number | string;
      exitCode?: number | null;
      task?: string | number;
    },
  ) {
    super(message, { ...options, code: 'ERR_WORKER_EXIT' });
    this.worker = options?.worker;
    this.exitCode = options?.exitCode ?? null;
    this.task = options?.task;
  }

  protected static override readonly named = /* @__PURE__ */ define(() => this, 'WorkerExitError');
}

/**
 * A pool cannot run anything: its initializer fails or its workers cannot start. Thrown for all work, pending
 * and later, with the reason as `cause`.
 *
 * @example
 * ```ts
 * const error = new BrokenProcessPoolError('The initializer failed', { cause: new TypeError('no oven') });
 * console.log(error.code, (error.cause as Error).message); // ERR_BROKEN_PROCESS_POOL no oven
 * ```
 */
export class BrokenProcessPoolError extends ManyhandsError {
  constructor(message = 'The pool is broken', options?: ManyhandsErrorOptions) {
    super(message, { ...options, code: 'ERR_BROKEN_PROCESS_POOL' });
  }

  protected static override readonly named = /* @__PURE__ */ define(() => this, 'BrokenProcessPoolError');
}

/**
 * A value cannot go to another thread. Thrown where it would be sent; the message names the path to it and,
 * where there is one, the remedy.
 *
 * @example
 * ```ts
 * const error = new NotShareableError('Cannot send args[0].callback: it is a function');
 * console.log(error.code); // ERR_NOT_SHAREABLE
 * ```
 */
export class NotShareableError extends ManyhandsError {
  constructor(message = 'The value cannot be shared', options?: ManyhandsErrorOptions) {
    super(message, { ...options, code: 'ERR_NOT_SHAREABLE' });
  }

  protected static override readonly named = /* @__PURE__ */ define(() => this, 'NotShareableError');
}

/**
 * A blocking call would have to wait in a thread that may not block. Thrown by `…Sync` methods on a page's
 * main thread; the message names the async form.
 *
 * @example
 * ```ts
 * console.log(new BlockingNotAllowedError('Cannot block here: use "await lock.acquire()"').code);
 * // ERR_BLOCKING_NOT_ALLOWED
 * ```
 */
export class BlockingNotAllowedError extends ManyhandsError {
  constructor(message = 'This thread may not block', options?: ManyhandsErrorOptions) {
    super(message, { ...options, code: 'ERR_BLOCKING_NOT_ALLOWED' });
  }

  protected static override readonly named = /* @__PURE__ */ define(() => this, 'BlockingNotAllowedError');
}

/**
 * A message did not fit the buffer it was to be received into. Thrown by `recvBytesInto`; nothing is lost.
 *
 * @example
 * ```ts
 * const error = new BufferTooShortError('Cannot receive 3 bytes into 2', { data: new Uint8Array(3) });
 * console.log(error.data?.length); // 3
 * ```
 */
export class BufferTooShortError extends ManyhandsError {
  /** The whole message. */
  readonly data: Uint8Array | undefined;

  constructor(message = 'The buffer is too short', options?: ManyhandsErrorOptions & { data?: Uint8Array }) {
    super(message, { ...options, code: 'ERR_BUFFER_TOO_SHORT' });
    this.data = options?.data;
  }

  protected static override readonly named = /* @__PURE__ */ define(() => this, 'BufferTooShortError');
}

/**
 * A kernel trapped, aborted, or was given a span outside its memory. Thrown to the caller of the kernel; worker
 * and heap stay usable.
 *
 * @example
 * ```ts
 * const error = new KernelTrapError('"julia" trapped', { kernel: 'julia', source: 'julia.ts:7:3' });
 * console.log(error.kernel, error.source); // julia julia.ts:7:3
 * ```
 */
export class KernelTrapError extends ManyhandsError {
  /** The kernel's name. */
  readonly kernel: string | undefined;
  /** Where in its source, as `file:line:column`, if known. */
  readonly source: string | undefined;

  constructor(
    message = 'The kernel trapped',
    options?: ManyhandsErrorOptions & { kernel?: string; source?: string },
  ) {
    super(message, { ...options, code: 'ERR_KERNEL_TRAP' });
    this.kernel = options?.kernel;
    this.source = options?.source;
  }

  protected static override readonly named = /* @__PURE__ */ define(() => this, 'KernelTrapError');
}

/**
 * The shared heap cannot give the memory asked for. Thrown by whatever allocates.
 *
 * @example
 * ```ts
 * console.log(new OutOfMemoryError('Cannot allocate 8589934592 bytes').code); // ERR_OUT_OF_MEMORY
 * ```
 */
export class OutOfMemoryError extends ManyhandsError {
  constructor(message = 'The shared heap is out of memory', options?: ManyhandsErrorOptions) {
    super(message, { ...options, code: 'ERR_OUT_OF_MEMORY' });
  }

  protected static override readonly named = /* @__PURE__ */ define(() => this, 'OutOfMemoryError');
}

/**
 * The operation does not fit the state the object is in: releasing what one does not hold, asking a result that
 * is not ready whether it succeeded.
 *
 * @example
 * ```ts
 * console.log(new InvalidStateError('Cannot release a lock that is not held').code); // ERR_INVALID_STATE
 * ```
 */
export class InvalidStateError extends ManyhandsError {
  constructor(message = 'The object is in the wrong state', options?: ManyhandsErrorOptions) {
    super(message, { ...options, code: 'ERR_INVALID_STATE' });
  }

  protected static override readonly named = /* @__PURE__ */ define(() => this, 'InvalidStateError');
}

/**
 * The future was cancelled before it ran. Thrown by its `result` and `exception`.
 *
 * @example
 * ```ts
 * console.log(new CancelledError().code); // ERR_CANCELLED
 * ```
 */
export class CancelledError extends ManyhandsError {
  constructor(message = 'The task was cancelled', options?: ManyhandsErrorOptions) {
    super(message, { ...options, code: 'ERR_CANCELLED' });
  }

  protected static override readonly named = /* @__PURE__ */ define(() => this, 'CancelledError');
}

/**
 * Bytes are not an encoded value. Thrown by the codec for anything malformed.
 *
 * @example
 * ```ts
 * console.log(new DecodeError('Cannot decode 3 bytes: they end too early').code); // ERR_DECODE
 * ```
 */
export class DecodeError extends ManyhandsError {
  constructor(message = 'The bytes are not an encoded value', options?: ManyhandsErrorOptions) {
    super(message, { ...options, code: 'ERR_DECODE' });
  }

  protected static override readonly named = /* @__PURE__ */ define(() => this, 'DecodeError');
}
