/** The task of the pool benches, as a plain module for the rivals' workers: ours wraps the same function. */

/** @param {number} x */
export function square(x) {
  return x * x;
}

export default square;
