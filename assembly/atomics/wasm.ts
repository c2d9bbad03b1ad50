// The portable sources' way to memory, as wasm instructions. Sister files: js.ts (JavaScript, which documents
// each function), single.ts (the same without threads).
//
// Waiting is an import: Node 20's baseline compiler loses the caller's locals around memory.atomic.wait, and
// Firefox would block a page's main thread on it. There is no fence: asc 0.28 emits an invalid one; the
// read-modify-write operations order everything.

// @ts-ignore: decorator
@external("env", "wait32")
declare function hostWait(p: usize, expected: u32, timeoutMs: f64): i32;

// @ts-ignore: decorator
@inline
export function load32(p: usize): u32 { return load<u32>(p); }

// @ts-ignore: decorator
@inline
export function store32(p: usize, value: u32): void { store<u32>(p, value); }

// @ts-ignore: decorator
@inline
export function atomicLoad(p: usize): u32 { return atomic.load<u32>(p); }

// @ts-ignore: decorator
@inline
export function atomicStore(p: usize, value: u32): void { atomic.store<u32>(p, value); }

// @ts-ignore: decorator
@inline
export function atomicAdd(p: usize, value: u32): u32 { return atomic.add<u32>(p, value); }

// @ts-ignore: decorator
@inline
export function atomicAnd(p: usize, value: u32): u32 { return atomic.and<u32>(p, value); }

// @ts-ignore: decorator
@inline
export function atomicOr(p: usize, value: u32): u32 { return atomic.or<u32>(p, value); }

// @ts-ignore: decorator
@inline
export function atomicExchange(p: usize, value: u32): u32 { return atomic.xchg<u32>(p, value); }

// @ts-ignore: decorator
@inline
export function atomicCompareExchange(p: usize, expected: u32, desired: u32): u32 {
  return atomic.cmpxchg<u32>(p, expected, desired);
}

// @ts-ignore: decorator
@inline
export function waitWord(p: usize, expected: u32, timeoutMs: f64): i32 { return hostWait(p, expected, timeoutMs); }

// @ts-ignore: decorator
@inline
export function notifyWord(p: usize, count: u32): u32 { return atomic.notify(p, <i32>count); }

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
