/** Types of the task in square.mjs. */
export function square(x: number): number;
export default square;
