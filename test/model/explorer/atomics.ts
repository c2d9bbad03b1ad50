// The portable sources' way to memory in the model checker: every operation is handed to the explorer, which
// either gives the result that the thread's record holds for it or ends the call there. The bundler puts this
// file in the place of assembly/atomics/index.ts. Sister files: assembly/atomics/{js,wasm,single}.ts.

// Operations. The plain ones come first; PEEK and POKE are a model's own, see below.
export const LOAD = 0;
export const STORE = 1;
export const FILL = 2;
export const COPY = 3;
export const PEEK = 4;
export const POKE = 5;
export const ATOMIC_LOAD = 6;
export const ATOMIC_STORE = 7;
export const ADD = 8;
export const AND = 9;
export const OR = 10;
export const EXCHANGE = 11;
export const COMPARE_EXCHANGE = 12;
export const WAIT = 13;
export const NOTIFY = 14;
export const PAGES = 15;
export const GROW = 16;

/** How long a wait may last, its operand `b`. */
export const FOR_EVER = 0;
export const TIMED = 1;
export const SLICED = 2;
/** The time by which a model says that its wait is a slice, as those of src/sync/_block.ts are. */
export const SLICE_MS = 100;

/** Address under which the explorer keeps the memory's length in pages, as one more word. */
export const PAGES_ADDRESS = 0xfffffffc;

export type Handler = (kind: number, p: number, a: number, b: number) => number;

let answer: Handler = () => {
  throw new Error('Cannot touch memory outside a model: call the function from setup, a thread or finally');
};
let following: (() => void) | undefined;

/** Makes `handler` answer all operations of this copy of the module. */
export function bind(handler: Handler): void {
  answer = handler;
}

function handle(kind: number, p: number, a: number, b: number): number {
  if (following === undefined) return answer(kind, p, a, b);
  const body = following;
  following = undefined; // also if the call ends here
  const result = answer(kind, p, a, b);
  if (kind <= POKE) following = body;
  else body();
  return result;
}

/** Calls `body`, which may peek and poke, when the thread has made its next step, and as part of that. */
export function afterNext(body: () => void): void {
  following = body;
}

/** What was said with pokes, for traces. */
export const remarks: string[] = [''];
const remarkNumbers = new Map([['', 0]]);

function numberOf(remark: string): number {
  let number = remarkNumbers.get(remark);
  if (number === undefined) {
    number = remarks.push(remark) - 1;
    remarkNumbers.set(remark, number);
  }
  return number;
}

export const load32 = (p: number): number => handle(LOAD, p >>> 0, 0, 0);
export const store32 = (p: number, value: number): void => void handle(STORE, p >>> 0, value >>> 0, 0);
export const atomicLoad = (p: number): number => handle(ATOMIC_LOAD, p >>> 0, 0, 0);
export const atomicStore = (p: number, value: number): void =>
  void handle(ATOMIC_STORE, p >>> 0, value >>> 0, 0);
export const atomicAdd = (p: number, value: number): number => handle(ADD, p >>> 0, value >>> 0, 0);
export const atomicAnd = (p: number, value: number): number => handle(AND, p >>> 0, value >>> 0, 0);
export const atomicOr = (p: number, value: number): number => handle(OR, p >>> 0, value >>> 0, 0);
export const atomicExchange = (p: number, value: number): number => handle(EXCHANGE, p >>> 0, value >>> 0, 0);
export const atomicCompareExchange = (p: number, expected: number, desired: number): number =>
  handle(COMPARE_EXCHANGE, p >>> 0, expected >>> 0, desired >>> 0);
/**
 * A time that is not negative may run out where the model grants timeouts, and any time after a death; a slice
 * (SLICE_MS) only after a death.
 */
export const waitWord = (p: number, expected: number, timeoutMs: number): number =>
  handle(WAIT, p >>> 0, expected >>> 0, timeoutMs < 0 ? FOR_EVER : timeoutMs === SLICE_MS ? SLICED : TIMED);
export const notifyWord = (p: number, count: number): number => handle(NOTIFY, p >>> 0, count >>> 0, 0);
export const fillBytes = (p: number, value: number, length: number): void =>
  void handle(FILL, p >>> 0, value & 255, length);
export const copyBytes = (to: number, from: number, length: number): void =>
  void handle(COPY, to >>> 0, from >>> 0, length);
export const trailingZeros = (word: number): number => 31 - Math.clz32(word & -word);
export const memoryPages = (): number => handle(PAGES, PAGES_ADDRESS, 0, 0);
export const growMemory = (pages: number): number => handle(GROW, PAGES_ADDRESS, pages >>> 0, 0) | 0;

/**
 * A model's own view of a word: takes place together with the thread's operation before it, is no step, and is not
 * looked at for races. For what the algorithm does not know: who is inside, how often a task ran.
 */
export const peek = (p: number): number => handle(PEEK, p >>> 0, 0, 0);
/** Writes as {@link peek} reads. @param remark what a trace says of it */
export const poke = (p: number, value: number, remark = ''): void =>
  void handle(POKE, p >>> 0, value >>> 0, numberOf(remark));
