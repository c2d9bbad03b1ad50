/** Random numbers, Monte Carlo, bodies, Mandelbrot and k-means, against loops in C++ and numpy. */
import { checksum, elements, fillElements, weigh } from '../rivals/data.js';
import type { Job, Spec, Workplace } from './contenders.js';

const DRAWS = 4_000_000;
const BODIES = 1500;
const WIDTH = 900;
const POINTS = 100_000;
const OTHER_GENERATOR = 'numpy: its own Philox of 64-bit words, and normals by the ziggurat: other numbers.';

function number(call: () => unknown): Job {
  let found = 0;
  return {
    async run() {
      found = (await call()) as number;
    },
    check: () => found,
  };
}

function drawing(name: 'randomUniform' | 'randomNormal', native: string, javascript: () => number): Spec {
  return {
    name,
    title: `${name}(4e6), f64, shared`,
    repeats: 3,
    native: ['simulation', native, DRAWS],
    numpy: [name, DRAWS],
    notes: [OTHER_GENERATOR, 'JavaScript: Math.random, which cannot be seeded.'],
    ours({ kernels, pool, shared }: Workplace) {
      const out = shared('Float64Array', DRAWS);
      return { run: () => kernels[name](DRAWS, { seed: 42, out, pool }), check: () => checksum(out) };
    },
    javascript() {
      const out = new Float64Array(DRAWS);
      return {
        run() {
          for (let i = 0; i < DRAWS; i++) out[i] = javascript();
        },
      };
    },
  };
}

const NAMES = ['x', 'y', 'z', 'vx', 'vy', 'vz', 'mass'] as const;

/** C++ has the state in one array. */
function stateOf(all: Float64Array) {
  const state = NAMES.map((name, i) => [name, all.subarray(i * BODIES, (i + 1) * BODIES)]);
  return Object.fromEntries(state) as Record<(typeof NAMES)[number], Float64Array>;
}

const places = ({ x, y, z }: Record<string, Float64Array>) => weigh([...x, ...y, ...z]);

export const simulation: readonly Spec[] = [
  drawing('randomUniform', 'uniform', Math.random),
  drawing(
    'randomNormal',
    'normal',
    () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()),
  ),
  {
    name: 'monteCarloPi',
    title: 'monteCarloPi(4e6)',
    repeats: 3,
    native: ['simulation', 'pi', DRAWS],
    numpy: ['monteCarloPi', DRAWS],
    notes: [OTHER_GENERATOR, 'JavaScript: Math.random, which cannot be seeded.'],
    ours: ({ kernels, pool }) => number(() => kernels.monteCarloPi(DRAWS, { seed: 42, pool })),
    javascript: () => ({
      run() {
        let inside = 0;
        for (let i = 0; i < DRAWS; i++) {
          const x = Math.random();
          const y = Math.random();
          if (x * x + y * y <= 1) inside++;
        }
        return (4 * inside) / DRAWS;
      },
    }),
  },
  {
    name: 'nbody',
    title: `nbody of ${BODIES} bodies, a step, shared`,
    repeats: 3,
    native: ['simulation', 'nbody', BODIES],
    numpy: ['nbody', BODIES],
    ours({ kernels, pool, shared }) {
      const all = shared('Float64Array', 7 * BODIES);
      fillElements(all);
      const state = stateOf(all);
      let after: Record<string, Float64Array> = state;
      return {
        async run() {
          after = { ...(await kernels.nbody(state, { dt: 0.01, softening: 0.1, pool })) };
        },
        check: () => places(after),
      };
    },
    javascript() {
      const from = stateOf(elements(7 * BODIES));
      let after: Record<string, Float64Array> = from;
      return {
        run() {
          const { x, y, z, mass } = from;
          const speeds = [from.vx.slice(), from.vy.slice(), from.vz.slice()];
          for (let i = 0; i < BODIES; i++) {
            for (let j = 0; j < BODIES; j++) {
              const dx = x[j] - x[i];
              const dy = y[j] - y[i];
              const dz = z[j] - z[i];
              const d2 = dx * dx + dy * dy + dz * dz + 0.01;
              const pull = (mass[j] / (d2 * Math.sqrt(d2))) * 0.01;
              speeds[0][i] += pull * dx;
              speeds[1][i] += pull * dy;
              speeds[2][i] += pull * dz;
            }
          }
          const moved = (at: Float64Array, speed: Float64Array) =>
            at.map((place, i) => place + speed[i] * 0.01);
          after = { x: moved(x, speeds[0]), y: moved(y, speeds[1]), z: moved(z, speeds[2]) };
        },
        check: () => places(after),
      };
    },
  },
  {
    name: 'mandelbrot',
    title: `mandelbrot(${WIDTH}, ${(WIDTH * 2) / 3}), 500 iterations`,
    repeats: 2,
    native: ['simulation', 'mandelbrot', WIDTH],
    numpy: ['mandelbrot', WIDTH],
    ours({ kernels, pool, shared }) {
      const out = shared('Uint16Array', (WIDTH * WIDTH * 2) / 3);
      return {
        run: () => kernels.mandelbrot(WIDTH, (WIDTH * 2) / 3, { out, pool }),
        check: () => weigh(out),
      };
    },
    javascript() {
      const out = new Uint16Array((WIDTH * WIDTH * 2) / 3);
      return {
        run() {
          for (let py = 0, at = 0; py < (WIDTH * 2) / 3; py++) {
            const ci = -1 + (2 * py) / ((WIDTH * 2) / 3);
            for (let px = 0; px < WIDTH; px++, at++) {
              const cr = -2 + (3 * px) / WIDTH;
              let zr = 0;
              let zi = 0;
              let n = 0;
              for (; n < 500 && zr * zr + zi * zi <= 4; n++) {
                const next = zr * zr - zi * zi + cr;
                zi = 2 * zr * zi + ci;
                zr = next;
              }
              out[at] = n;
            }
          }
        },
        check: () => weigh(out),
      };
    },
  },
  {
    name: 'kmeans',
    title: `kmeans of ${POINTS} points of 8 f64, 16 clusters, 10 iterations, shared`,
    repeats: 2,
    native: ['simulation', 'kmeans', POINTS],
    numpy: ['kmeans', POINTS],
    ours({ kernels, pool, shared }) {
      const data = shared('Float64Array', 8 * POINTS);
      fillElements(data);
      const points = { data, rows: POINTS, cols: 8 };
      const init = { data: data.slice(0, 128), rows: 16, cols: 8 };
      return number(
        async () => (await kernels.kmeans(points, 16, { init, maxIterations: 10, pool })).inertia,
      );
    },
    javascript() {
      const points = elements(8 * POINTS);
      return number(() => jsKmeans(points));
    },
  },
];

function jsKmeans(points: Float64Array): number {
  const centres = points.slice(0, 128);
  const labels = new Uint8Array(POINTS);
  let inertia = 0;
  const assign = () => {
    inertia = 0;
    for (let i = 0; i < POINTS; i++) {
      let best = Number.POSITIVE_INFINITY;
      for (let k = 0; k < 16; k++) {
        let d2 = 0;
        for (let d = 0; d < 8; d++) {
          const gap = points[8 * i + d] - centres[8 * k + d];
          d2 += gap * gap;
        }
        if (d2 < best) {
          best = d2;
          labels[i] = k;
        }
      }
      inertia += best;
    }
  };
  assign();
  for (let round = 0; round < 10; round++) {
    const counts = new Float64Array(16);
    centres.fill(0);
    for (let i = 0; i < POINTS; i++) {
      counts[labels[i]]++;
      for (let d = 0; d < 8; d++) centres[8 * labels[i] + d] += points[8 * i + d];
    }
    for (let i = 0; i < 128; i++) centres[i] /= counts[i >> 3];
    assign();
  }
  return inertia;
}
