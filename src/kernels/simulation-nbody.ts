// Gravity among bodies; see assembly/kernels/simulation/nbody.ts.

import { NBODY_BLOCK } from '../../assembly/kernels/simulation/sizes';
import { ownElements } from '../runtime/copy';
import { checkArray, checkFinite, checkInteger, checkLength, wrongType } from './_check';
import { simulation } from './_families';
import { type KernelCall, type KernelOptions, runKernel, runKernelSync, type Step } from './_plan';
import { isShared } from './arrays-common';
import { nbodyPlain, PLAIN_PAIRS } from './simulation-plain';

/** Positions, velocities and masses: seven arrays of one length. */
export interface NbodyState {
  x: Float64Array;
  y: Float64Array;
  z: Float64Array;
  vx: Float64Array;
  vy: Float64Array;
  vz: Float64Array;
  mass: Float64Array;
}

/** Options of {@link nbody}. */
export interface NbodyOptions extends KernelOptions {
  /** How many steps. */
  steps?: number;
  /** The time of a step. */
  dt?: number;
  /** The constant of gravity. */
  G?: number;
  /** Added in squares to all distances, so that near bodies do not fly apart. */
  softening?: number;
}

const FIELDS = ['x', 'y', 'z', 'vx', 'vy', 'vz', 'mass'] as const;

/**
 * Moves bodies that attract each other: in each step v += a·dt, then r += v·dt (the symplectic Euler method, as the
 * Computer Language Benchmarks Game has it), all pairs summed.
 *
 * @param state Where the bodies are; it is not changed.
 * @returns A new state.
 * @throws {TypeError} if a field is no Float64Array
 * @throws {RangeError} if their lengths differ, or a number is not finite
 * @complexity O(n²) a step
 * @source all pairs, two at a time
 * @example
 * ```ts
 * const of = (...values: number[]) => Float64Array.of(...values);
 * const start = {
 *   x: of(0, 1), y: of(0, 0), z: of(0, 0), vx: of(0, 0), vy: of(0, 1), vz: of(0, 0), mass: of(1, 1e-9),
 * };
 * const later = await nbody(start, { steps: 100, dt: 0.001 });
 * console.log(later.x[1] < 1); // true: it is on its way around
 * ```
 */
export function nbody(state: NbodyState, options: NbodyOptions = {}): Promise<NbodyState> {
  return runKernel('nbody', simulation, options, (call) => plan(call, state, options));
}

/** {@link nbody}, at once. */
export function nbodySync(state: NbodyState, options: NbodyOptions = {}): NbodyState {
  return runKernelSync('nbody', simulation, options, (call) => plan(call, state, options));
}

// Nanoseconds on one core, measured: a pair, a body moved.
const PAIR_NS = 2.5;
const MOVE_NS = 3;
/** Up to this many bodies a step is not worth sharing: many steps go in one call of the kernel. */
const FEW_BODIES = 2 * NBODY_BLOCK;
/** Pairs of a call, so that it ends soon when it is aborted. */
const PAIRS_PER_CALL = 2e6;

function* plan(
  call: KernelCall,
  state: NbodyState,
  options: NbodyOptions,
): Generator<Step, NbodyState, void> {
  const { kernel } = call;
  if (typeof state !== 'object' || state === null) {
    wrongType(kernel, 'state', 'an object { x, y, z, vx, vy, vz, mass }', state);
  }
  for (const field of FIELDS) checkArray(kernel, `state.${field}`, state[field], ['Float64Array']);
  const count = state.x.length;
  for (const field of FIELDS) checkLength(kernel, `state.${field}`, state[field], count);
  const { steps = 1, dt = 0.01, G = 1, softening = 0 } = options;
  checkInteger(kernel, 'steps', steps, 0);
  checkFinite(kernel, 'dt', dt);
  checkFinite(kernel, 'G', G);
  checkFinite(kernel, 'softening', softening);

  const softening2 = softening * softening;
  if (
    steps * count * count <= PLAIN_PAIRS &&
    count > 0 &&
    steps > 0 &&
    FIELDS.every((name) => !isShared(state[name]))
  ) {
    const { x, y, z, vx, vy, vz, mass } = state;
    const after = {
      x: new Float64Array(x),
      y: new Float64Array(y),
      z: new Float64Array(z),
      vx: new Float64Array(vx),
      vy: new Float64Array(vy),
      vz: new Float64Array(vz),
      mass: new Float64Array(mass),
    };
    nbodyPlain(after, steps, G, dt, softening2);
    return after;
  }
  const stride = count + (count % 2);
  const bodies = call.zeroed(7 * 8 * stride);
  const field = (i: number) => call.view(Float64Array, bodies + i * 8 * stride, count);
  FIELDS.forEach((name, i) => {
    field(i).set(state[name]);
  });
  const pieces = Math.ceil(count / NBODY_BLOCK);
  const pull = [bodies, count, stride, G, dt, softening2];
  if (count <= FEW_BODIES) {
    const most = Math.max(1, Math.floor(PAIRS_PER_CALL / Math.max(1, count * count)));
    for (let left = count === 0 ? 0 : steps; left > 0; left -= most) {
      const some = Math.min(left, most);
      yield { fn: 'nbody_steps', pieces: 1, args: [...pull, some], costNs: some * count * count * PAIR_NS };
    }
  } else {
    const step = [
      { fn: 'nbody_pull', pieces, args: pull, costNs: count * count * PAIR_NS },
      { fn: 'nbody_move', pieces, args: [bodies, count, stride, dt], costNs: count * MOVE_NS },
    ];
    const most = Math.max(1, Math.floor(PAIRS_PER_CALL / (count * count)));
    for (let left = steps; left > 0; left -= most)
      yield Array.from({ length: Math.min(left, most) }, () => step).flat();
  }
  return Object.fromEntries(FIELDS.map((name, i) => [name, ownElements(field(i))])) as unknown as NbodyState;
}
