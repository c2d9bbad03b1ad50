/** Work of a length that does not depend on the clock: so many steps of a generator of numbers. */

/** @param {number} steps */
export function spin(steps) {
  let x = 1;
  for (let i = 0; i < steps; i++) x = (Math.imul(x, 1103515245) + 12345) | 0;
  return x & 1;
}
