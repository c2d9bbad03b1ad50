// The AssemblyScript of kernels.test.ts: each function is a range function over `begin … end - 1`.

export const SOURCE = `
import { ACQUIRED, Queue, QUEUE_CLOSED, QUEUE_TIMED_OUT, TIMED_OUT, alloc, free } from "manyhands/assembly";

/** Puts the range's numbers. */
export function produce(begin: i32, end: i32, queue: Queue): void {
  for (let i = begin; i < end; i++) if (queue.put(i) != ACQUIRED) unreachable();
}

/** Takes numbers until the end. cells: how many, their sum, 1 once one came before a smaller one */
export function consume(begin: i32, end: i32, queue: Queue, cells: usize): void {
  let last: f64 = -1;
  while (queue.get() == ACQUIRED) {
    store<f64>(cells, load<f64>(cells) + 1);
    store<f64>(cells + 8, load<f64>(cells + 8) + queue.number);
    if (queue.number < last) store<f64>(cells + 16, 1);
    last = queue.number;
  }
}

/** Puts messages of begin … end - 1 bytes, each its length in every byte. */
export function produceBytes(begin: i32, end: i32, queue: Queue): void {
  const from = alloc(end);
  for (let length = begin; length < end; length++) {
    memory.fill(from, <u8>length, length);
    if (queue.putBytes(from, length) != ACQUIRED) unreachable();
  }
  free(from);
}

/** The other side. cells: how many came whole */
export function consumeBytes(begin: i32, end: i32, queue: Queue, cells: usize): void {
  const into = alloc(end);
  for (let length = begin; length < end; length++) {
    if (queue.getBytes(into, end) != length) unreachable();
    let whole = true;
    for (let i = 0; i < length; i++) if (load<u8>(into + i) != <u8>length) whole = false;
    if (whole) store<f64>(cells, load<f64>(cells) + 1);
  }
  if (queue.getBytes(into, end) != QUEUE_CLOSED) unreachable();
  free(into);
}

/** cells: what is answered by an empty queue, by a full one, by a closed one, and sizes */
export function answers(begin: i32, end: i32, queue: Queue, cells: usize): void {
  store<f64>(cells, queue.get(0));
  store<f64>(cells + 8, queue.get(5));
  store<f64>(cells + 16, queue.getBytes(cells, 8, 0) == QUEUE_TIMED_OUT ? 1 : 0);
  queue.put(1);
  store<f64>(cells + 24, queue.put(2, 0));
  store<f64>(cells + 32, queue.putBytes(cells, 8, 5) == TIMED_OUT ? 1 : 0);
  store<f64>(cells + 40, queue.size);
  queue.close();
  store<f64>(cells + 48, queue.put(3));
  store<f64>(cells + 56, queue.get() == ACQUIRED ? queue.number : 0);
  store<f64>(cells + 64, queue.get());
  store<f64>(cells + 72, queue.closed ? 1 : 0);
}

export function work(begin: i32, end: i32, queue: Queue): void {
  for (let i = begin; i < end; i++) {
    queue.get();
    queue.taskDone();
  }
}

export function get(begin: i32, end: i32, queue: Queue): void { queue.get(); }
export function done(begin: i32, end: i32, queue: Queue): void { queue.taskDone(); }
export function getShort(begin: i32, end: i32, queue: Queue): void { queue.getBytes(65536, 3); }
export function beyond(begin: i32, end: i32, queue: Queue): void { queue.putBytes(0xfffffff0, 100); }
`;
