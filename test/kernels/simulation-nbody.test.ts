import { describe, expect, it } from 'vitest';
import { type NbodyState, nbody, nbodySync } from '../../src/kernels/simulation';
import { random, SEED, shufflingPool } from './_shuffle';

const FIELDS = ['x', 'y', 'z', 'vx', 'vy', 'vz', 'mass'] as const;

function bodies(count: number, seed: number): NbodyState {
  const next = random(seed);
  const field = () => Float64Array.from({ length: count }, () => next() * 2 - 1);
  return {
    x: field(),
    y: field(),
    z: field(),
    vx: field(),
    vy: field(),
    vz: field(),
    mass: field().map(Math.abs),
  };
}

function reference(start: NbodyState, steps: number, dt: number, G: number, softening: number): NbodyState {
  const s = Object.fromEntries(FIELDS.map((name) => [name, start[name].slice()])) as unknown as NbodyState;
  const n = s.x.length;
  for (let step = 0; step < steps; step++) {
    for (let i = 0; i < n; i++) {
      let [ax, ay, az] = [0, 0, 0];
      for (let j = 0; j < n; j++) {
        if (j === i) continue;
        const [dx, dy, dz] = [s.x[j] - s.x[i], s.y[j] - s.y[i], s.z[j] - s.z[i]];
        const pull = s.mass[j] / (dx * dx + dy * dy + dz * dz + softening * softening) ** 1.5;
        ax += dx * pull;
        ay += dy * pull;
        az += dz * pull;
      }
      s.vx[i] += G * ax * dt;
      s.vy[i] += G * ay * dt;
      s.vz[i] += G * az * dt;
    }
    for (let i = 0; i < n; i++) {
      s.x[i] += s.vx[i] * dt;
      s.y[i] += s.vy[i] * dt;
      s.z[i] += s.vz[i] * dt;
    }
  }
  return s;
}

function expectNear(actual: NbodyState, wanted: NbodyState): void {
  for (const name of FIELDS) {
    const scale = wanted[name].reduce((most, value) => Math.max(most, Math.abs(value)), 1e-300);
    wanted[name].forEach((value, i) => {
      expect(Math.abs(actual[name][i] - value)).toBeLessThanOrEqual(1e-9 * scale);
    });
  }
}

describe('nbody', () => {
  it.each([0, 1, 2, 3, 4, 5, 17, 64, 65, 127, 128, 129, 130, 200])('moves %i bodies', async (count) => {
    const start = bodies(count, count);
    const before = structuredClone(start);
    const options = { steps: 5, dt: 0.002, G: 0.7, softening: 0.1 };
    const result = nbodySync(start, options);
    expectNear(result, reference(start, 5, 0.002, 0.7, 0.1));
    expect(start).toEqual(before);
    expect(await nbody(start, { ...options, pool: shufflingPool(SEED) })).toEqual(result);
  });

  it('steps on without softening, a hundred times', () => {
    const start = bodies(6, 1);
    for (const name of ['x', 'y', 'z'] as const) start[name] = start[name].map((value, i) => value + 4 * i);
    expectNear(nbodySync(start, { steps: 100, dt: 0.001 }), reference(start, 100, 0.001, 1, 0));
  });

  it('takes no step, and one by default', () => {
    const start = bodies(9, 2);
    expect(nbodySync(start, { steps: 0 })).toEqual(start);
    expectNear(nbodySync(start), reference(start, 1, 0.01, 1, 0));
  });

  const good = bodies(3, 1);
  it.each([
    [TypeError, null, {}],
    [TypeError, { ...good, x: [1, 2, 3] }, {}],
    [TypeError, { ...good, mass: new Float32Array(3) }, {}],
    [RangeError, { ...good, vz: new Float64Array(2) }, {}],
    [RangeError, good, { steps: -1 }],
    [RangeError, good, { steps: 0.5 }],
    [RangeError, good, { dt: Number.NaN }],
    [TypeError, good, { G: '1' }],
    [RangeError, good, { softening: Number.POSITIVE_INFINITY }],
  ])('rejects with %o (case %#)', async (error, state, options) => {
    await expect(nbody(state as never, options as never)).rejects.toThrow(error);
    expect(() => nbodySync(state as never, options as never)).toThrow(/^Cannot run nbody: "/);
  });
});
