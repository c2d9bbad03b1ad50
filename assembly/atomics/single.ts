// The portable sources' way to memory for builds with one thread: plain loads and stores. js.ts says what each does.

// @ts-ignore: decorator
@inline
export function load32(p: usize): u32 { return load<u32>(p); }

// @ts-ignore: decorator
@inline
export function store32(p: usize, value: u32): void { store<u32>(p, value); }

// @ts-ignore: decorator
@inline
export function atomicLoad(p: usize): u32 { return load<u32>(p); }

// @ts-ignore: decorator
@inline
export function atomicStore(p: usize, value: u32): void { store<u32>(p, value); }

// @ts-ignore: decorator
@inline
export function atomicAdd(p: usize, value: u32): u32 { const old = load<u32>(p); store<u32>(p, old + value); return old; }

// @ts-ignore: decorator
@inline
export function atomicAnd(p: usize, value: u32): u32 { const old = load<u32>(p); store<u32>(p, old & value); return old; }

// @ts-ignore: decorator
@inline
export function atomicOr(p: usize, value: u32): u32 { const old = load<u32>(p); store<u32>(p, old | value); return old; }

// @ts-ignore: decorator
@inline
export function atomicExchange(p: usize, value: u32): u32 { const old = load<u32>(p); store<u32>(p, value); return old; }

// @ts-ignore: decorator
@inline
export function atomicCompareExchange(p: usize, expected: u32, desired: u32): u32 {
  const old = load<u32>(p);
  if (old == expected) store<u32>(p, desired);
  return old;
}

// @ts-ignore: decorator
@inline
export function waitWord(p: usize, expected: u32, timeoutMs: f64): i32 { return load<u32>(p) == expected ? 2 : 1; }

/** No other thread sleeps, but asynchronous flows of this one may wait for the word. */
// @ts-ignore: decorator
@external("env", "notify32")
declare function hostNotify(p: usize, count: u32): u32;

// @ts-ignore: decorator
@inline
export function notifyWord(p: usize, count: u32): u32 { return hostNotify(p, count); }

// @ts-ignore: decorator
@inline
export function fillBytes(p: usize, value: u32, length: usize): void { memory.fill(p, <u8>value, length); }

// @ts-ignore: decorator
@inline
export function copyBytes(to: usize, from: usize, length: usize): void { memory.copy(to, from, length); }

// @ts-ignore: decorator
@inline
export function trailingZeros(word: u32): u32 { return ctz(word); }

// @ts-ignore: decorator
@inline
export function memoryPages(): u32 { return <u32>memory.size(); }

// @ts-ignore: decorator
@inline
export function growMemory(pages: u32): i32 { return memory.grow(<i32>pages); }
