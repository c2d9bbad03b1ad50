/**
 * The libraries for JavaScript that are rivals, as far as the benches use them: loaded by a name that the compiler does
 * not look up, so that everything else builds where they are not installed.
 */

type Raw = { readonly raw: { readonly width: number; readonly height: number; readonly channels: 4 } };

/** A picture of sharp's on its way. */
export interface Sharp {
  resize(width: number, height: number, options: { kernel: string; fit: string }): Sharp;
  composite(overlays: readonly (Raw & { input: Uint8Array })[]): Sharp;
  grayscale(): Sharp;
  blur(sigma: number): Sharp;
  extract(box: { left: number; top: number; width: number; height: number }): Sharp;
  convolve(kernel: { width: number; height: number; kernel: readonly number[] }): Sharp;
  rotate(degrees: number): Sharp;
  raw(): { toBuffer(): Promise<Uint8Array> };
}

interface SharpModule {
  (from: Uint8Array, options: Raw): Sharp;
  concurrency(threads: number): void;
  cache(isOn: boolean): void;
}

interface Hasher {
  init(): Hasher;
  update(bytes: Uint8Array): Hasher;
  digest(encoding: 'binary'): Uint8Array;
}

interface HashWasm {
  crc32(bytes: Uint8Array): Promise<string>;
  createSHA256(): Promise<Hasher>;
}

const load = (name: string): Promise<unknown> => import(name);

export const loadSharp = async () => ((await load('sharp')) as { default: SharpModule }).default;
export const loadHashWasm = async () => (await load('hash-wasm')) as HashWasm;
