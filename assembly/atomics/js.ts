// The portable sources' way to memory, in JavaScript: `Atomics` on views of the shared WebAssembly memory.
// Sister files: wasm.ts (instructions), single.ts (the same without threads). Same names, same meaning.
//
// Addresses are byte offsets; 32-bit operations need 4-byte alignment. All atomic operations are
// sequentially consistent, as in wasm. Views are refreshed when an address lies beyond them: shared
// memory keeps old views valid when it grows, they are only too short. V8 tells a thread of another's growth by an
// interrupt, which may come later than an address that lies in the new part.

let memory: WebAssembly.Memory | undefined;
let words = new Uint32Array(0);
let signed = new Int32Array(0);
let bytes = new Uint8Array(0);
let limit = 0;

/** Every buffer object seen over the memory: a growth makes a new one, and views on the old ones live on. */
let buffers = new WeakSet<ArrayBufferLike>();
/** The class of its buffers: SharedArrayBuffer where the memory is shared. */
let heapClass: { [Symbol.hasInstance](value: unknown): boolean } = ArrayBuffer;

/** Makes `target` the memory that all functions of this file work on. */
export function bindMemory(target: WebAssembly.Memory): void {
  memory = target;
  buffers = new WeakSet();
  heapClass = target.buffer.constructor;
  limit = 0;
  refreshViews();
}

/** The bound memory. */
export function boundMemory(): WebAssembly.Memory {
  if (memory === undefined) throw new Error('Cannot use the heap before it is created');
  return memory;
}

/** Takes views over the memory's present length. */
export function refreshViews(): void {
  const buffer = boundMemory().buffer;
  if (buffers.has(buffer) && buffer.byteLength === limit) return;
  buffers.add(buffer);
  words = new Uint32Array(buffer);
  signed = new Int32Array(buffer);
  bytes = new Uint8Array(buffer);
  limit = buffer.byteLength;
}

/** Takes views that reach beyond `p`, where another thread has made the memory long enough. */
function reach(p: usize): void {
  refreshViews();
  if (p < limit) return;
  growMemory(0); // fetches the length that other threads have given it, and renews the views
}

/** Whether the memory contains everything before `end`. */
export function isWithin(end: number): boolean {
  if (end > limit) reach(end - 1);
  return end <= limit;
}

/** Whether `buffer` is (or was, before a growth) the bound memory's: by its class first, for the set takes 0.1 µs. */
export function isHeapBuffer(buffer: ArrayBufferLike): boolean {
  if (!(buffer instanceof heapClass)) return false;
  return buffers.has(buffer) || (memory !== undefined && buffer === memory.buffer);
}

/** The memory's bytes, long enough to contain `end`. */
export function heapBytes(end: usize): Uint8Array {
  if (end > limit) reach(end - 1);
  return bytes;
}

export function load32(p: usize): u32 {
  if (p >= limit) reach(p);
  return words[p >>> 2];
}

export function store32(p: usize, value: u32): void {
  if (p >= limit) reach(p);
  words[p >>> 2] = value;
}

export function atomicLoad(p: usize): u32 {
  if (p >= limit) reach(p);
  return Atomics.load(words, p >>> 2);
}

export function atomicStore(p: usize, value: u32): void {
  if (p >= limit) reach(p);
  Atomics.store(words, p >>> 2, value);
}

/** Adds modulo 2³²; returns the old value, as do the four below. */
export function atomicAdd(p: usize, value: u32): u32 {
  if (p >= limit) reach(p);
  return Atomics.add(words, p >>> 2, value);
}

export function atomicAnd(p: usize, value: u32): u32 {
  if (p >= limit) reach(p);
  return Atomics.and(words, p >>> 2, value);
}

export function atomicOr(p: usize, value: u32): u32 {
  if (p >= limit) reach(p);
  return Atomics.or(words, p >>> 2, value);
}

export function atomicExchange(p: usize, value: u32): u32 {
  if (p >= limit) reach(p);
  return Atomics.exchange(words, p >>> 2, value);
}

/** Stores `desired` if the word is `expected`; returns the old value. */
export function atomicCompareExchange(p: usize, expected: u32, desired: u32): u32 {
  if (p >= limit) reach(p);
  return Atomics.compareExchange(words, p >>> 2, expected, desired);
}

/** Sleeps while the word is `expected`: 0 woken, 1 not equal, 2 timed out. A negative time is for ever. */
export function waitWord(p: usize, expected: u32, timeoutMs: f64): i32 {
  if (p >= limit) reach(p);
  const ms = timeoutMs < 0 ? Number.POSITIVE_INFINITY : timeoutMs;
  const outcome = Atomics.wait(signed, p >>> 2, expected | 0, ms);
  return outcome === 'ok' ? 0 : outcome === 'not-equal' ? 1 : 2;
}

/** Like {@link waitWord}, for threads that must not block: `false` if the word differs already. */
export function waitWordAsync(p: usize, expected: u32): false | Promise<'ok' | 'timed-out'> {
  if (p >= limit) reach(p);
  const waiter = Atomics.waitAsync(signed, p >>> 2, expected | 0);
  return waiter.async ? (waiter.value as Promise<'ok' | 'timed-out'>) : false;
}

/** Wakes at most `count` sleepers on the word; returns how many. */
export function notifyWord(p: usize, count: u32): u32 {
  if (p >= limit) reach(p);
  return Atomics.notify(signed, p >>> 2, count);
}

export function fillBytes(p: usize, value: u32, length: usize): void {
  heapBytes(p + length).fill(value, p, p + length);
}

export function copyBytes(to: usize, from: usize, length: usize): void {
  heapBytes(Math.max(to, from) + length).copyWithin(to, from, from + length);
}

/** Trailing zero bits of a word that is not 0. */
export function trailingZeros(word: u32): u32 {
  return 31 - Math.clz32(word & -word);
}

/** The memory's length in pages of 64 KiB; what another thread has just added may be missing. */
export function memoryPages(): u32 {
  return boundMemory().buffer.byteLength / 65536;
}

/** Grows the memory; returns the former length in pages, or -1 if the platform refuses. */
export function growMemory(pages: u32): i32 {
  try {
    const before = boundMemory().grow(pages);
    refreshViews();
    return before;
  } catch {
    return -1;
  }
}
