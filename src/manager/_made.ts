// What dicts, lists and namespaces have in common: a block on the heap, counted by the threads that hold it.

import { ClosedError } from '../errors';
import { Attach, enlist, hold, letGo } from '../queue/_handle';

export abstract class Made {
  readonly #what: string;
  #address: number;
  /** Whether it came from another thread. */
  protected readonly attached: boolean;

  protected constructor(what: string, kind: number, given: unknown, create: () => number) {
    this.#what = what;
    this.attached = given instanceof Attach;
    this.#address = given instanceof Attach ? given.address : create();
    if (!this.attached) enlist(this.#address, kind);
    hold(this, this.#address);
  }

  /** The block. */
  protected get address(): number {
    if (this.#address === 0)
      throw new ClosedError(`Cannot use the ${this.#what}: it was closed in this thread`);
    return this.#address;
  }

  /** Whether this thread has closed its handle. */
  get closed(): boolean {
    return this.#address === 0;
  }

  /** Gives this thread's handle back; the memory returns with the last one. */
  close(): void {
    if (this.closed) return;
    this.#address = 0;
    letGo(this);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}
