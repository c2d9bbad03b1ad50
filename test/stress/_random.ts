// Chance that can be repeated, for the programs of this folder.

/** Marsaglia's xorshift, 32 bits: whole numbers from 0 to less than `below`. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
