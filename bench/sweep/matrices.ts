/** Matrices, signals and simulations beside the loops that programs write. */
import { elements } from '../rivals/data.js';
import type { Doubles, Subject } from './subject.js';

const squareOf = (size: number) => {
  const side = Math.max(1, Math.round(Math.sqrt(size)));
  return { data: elements(side * side), rows: side, cols: side };
};

function jsMatmul(a: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const x = a[i * n + k];
      for (let j = 0; j < n; j++) product[i * n + j] += x * a[k * n + j];
    }
  }
  return product;
}

/** Radix 2, the roots by a table that is kept. */
function jsFft(from: Float64Array, roots: { cos: Float64Array; sin: Float64Array }) {
  const n = from.length;
  const re = from.slice();
  const im = new Float64Array(n);
  for (let i = 0, j = 0; i < n; i++) {
    if (i < j) {
      const swapped = re[i];
      re[i] = re[j];
      re[j] = swapped;
    }
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j |= bit;
  }
  for (let length = 2; length <= n; length <<= 1) {
    const half = length >> 1;
    const step = n / length;
    for (let i = 0; i < n; i += length) {
      for (let k = 0; k < half; k++) {
        const a = i + k;
        const b = a + half;
        const c = roots.cos[k * step];
        const s = roots.sin[k * step];
        const r = re[b] * c + im[b] * s;
        const q = im[b] * c - re[b] * s;
        re[b] = re[a] - r;
        im[b] = im[a] - q;
        re[a] += r;
        im[a] += q;
      }
    }
  }
  return { re, im };
}

export const matrices: readonly Subject[] = [
  {
    name: 'matmul',
    most: 1e6,
    make(k, size) {
      const a = squareOf(size);
      return { ours: () => k.matmulSync(a, a), javascript: () => jsMatmul(a.data, a.rows) };
    },
  },
  {
    name: 'matvec',
    make(k, size) {
      const a = squareOf(size);
      const n = a.rows;
      const x = elements(n);
      return {
        ours: () => k.matvecSync(a, x),
        javascript() {
          const out = new Float64Array(n);
          for (let i = 0; i < n; i++) {
            let total = 0;
            for (let j = 0; j < n; j++) total += a.data[i * n + j] * x[j];
            out[i] = total;
          }
          return out;
        },
      };
    },
  },
  {
    name: 'transpose',
    make(k, size) {
      const m = squareOf(size);
      const n = m.rows;
      return {
        ours: () => k.transposeSync(m),
        javascript() {
          const out = new Float64Array(n * n);
          for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[j * n + i] = m.data[i * n + j];
          return out;
        },
      };
    },
  },
  {
    name: 'fft',
    make(k, size) {
      const n = 2 ** Math.floor(Math.log2(size));
      const re = elements(n);
      const angle = (i: number) => (2 * Math.PI * i) / n;
      const cos = Float64Array.from({ length: n / 2 }, (_, i) => Math.cos(angle(i)));
      const sin = Float64Array.from({ length: n / 2 }, (_, i) => Math.sin(angle(i)));
      return { ours: () => k.fftSync(re), javascript: () => jsFft(re, { cos, sin }) };
    },
  },
  {
    name: 'convolve',
    make(k, size) {
      const a = elements(size);
      const v = elements(Math.min(size, 32));
      return {
        ours: () => k.convolveSync(a, v),
        javascript() {
          const out = new Float64Array(a.length + v.length - 1);
          for (let i = 0; i < a.length; i++) for (let j = 0; j < v.length; j++) out[i + j] += a[i] * v[j];
          return out;
        },
      };
    },
  },
];

/** Numbers of 53 bits from a seed: mulberry32, twice for each. */
function seeded(seed: number): () => number {
  let state = seed;
  const word = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  return () => (word() * 2 ** 21 + (word() >>> 11)) * 2 ** -53;
}

function normals(n: number): Float64Array {
  const out = new Float64Array(n);
  const draw = seeded(1);
  for (let i = 0; i < n; i += 2) {
    const r = Math.sqrt(-2 * Math.log(1 - draw()));
    const angle = 2 * Math.PI * draw();
    out[i] = r * Math.cos(angle);
    if (i + 1 < n) out[i + 1] = r * Math.sin(angle);
  }
  return out;
}

const AXES = ['x', 'y', 'z'] as const;
const NAMES = [...AXES, 'vx', 'vy', 'vz', 'mass'] as const;
type State = Record<(typeof NAMES)[number], Doubles>;

function jsNbody(from: State): State {
  const { x, y, z, mass } = from;
  const n = x.length;
  const vx = from.vx.slice();
  const vy = from.vy.slice();
  const vz = from.vz.slice();
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const dx = x[j] - x[i];
      const dy = y[j] - y[i];
      const dz = z[j] - z[i];
      const d2 = dx * dx + dy * dy + dz * dz + 0.01;
      const pull = (mass[j] / (d2 * Math.sqrt(d2))) * 0.01;
      vx[i] += pull * dx;
      vy[i] += pull * dy;
      vz[i] += pull * dz;
    }
  }
  const moved = (at: Doubles, speed: Doubles) => {
    const out = at.slice();
    for (let i = 0; i < n; i++) out[i] += speed[i] * 0.01;
    return out;
  };
  return { x: moved(x, vx), y: moved(y, vy), z: moved(z, vz), vx, vy, vz, mass: mass.slice() };
}

/** Lloyd's method on points in the plane. */
function jsKmeans(points: Doubles, k: number, rounds: number) {
  const n = points.length / 2;
  const centroids = points.slice(0, 2 * k);
  const labels = new Uint32Array(n);
  let inertia = 0;
  for (let round = 0; round <= rounds; round++) {
    inertia = 0;
    let changed = round === 0;
    for (let i = 0; i < n; i++) {
      let best = Number.POSITIVE_INFINITY;
      let nearest = 0;
      for (let c = 0; c < k; c++) {
        const dx = points[2 * i] - centroids[2 * c];
        const dy = points[2 * i + 1] - centroids[2 * c + 1];
        const d2 = dx * dx + dy * dy;
        if (d2 < best) {
          best = d2;
          nearest = c;
        }
      }
      if (labels[i] !== nearest) changed = true;
      labels[i] = nearest;
      inertia += best;
    }
    if (!changed || round === rounds) break;
    const counts = new Float64Array(k);
    const sums = new Float64Array(2 * k);
    for (let i = 0; i < n; i++) {
      counts[labels[i]]++;
      sums[2 * labels[i]] += points[2 * i];
      sums[2 * labels[i] + 1] += points[2 * i + 1];
    }
    for (let c = 0; c < 2 * k; c++) if (counts[c >> 1] > 0) centroids[c] = sums[c] / counts[c >> 1];
  }
  return { centroids, labels, inertia };
}

function jsMandelbrot(width: number, height: number): Uint16Array {
  const out = new Uint16Array(width * height);
  for (let py = 0, at = 0; py < height; py++) {
    const ci = -1 + (2 * py) / height;
    for (let px = 0; px < width; px++, at++) {
      const cr = -2 + (3 * px) / width;
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
  return out;
}

export const simulation: readonly Subject[] = [
  {
    name: 'randomUniform',
    make: (k, size) => ({
      ours: () => k.randomUniformSync(size, { seed: 1 }),
      javascript() {
        const out = new Float64Array(size);
        const draw = seeded(1);
        for (let i = 0; i < size; i++) out[i] = draw();
        return out;
      },
    }),
  },
  {
    name: 'randomNormal',
    make: (k, size) => ({
      ours: () => k.randomNormalSync(size, { seed: 1 }),
      javascript: () => normals(size),
    }),
  },
  {
    name: 'monteCarloPi',
    unit: 'points',
    make: (k, size) => ({
      ours: () => k.monteCarloPiSync(size, { seed: 1 }),
      javascript() {
        let inside = 0;
        const draw = seeded(1);
        for (let i = 0; i < size; i++) {
          const x = draw();
          const y = draw();
          if (x * x + y * y <= 1) inside++;
        }
        return (4 * inside) / size;
      },
    }),
  },
  {
    name: 'nbody',
    unit: 'bodies',
    most: 3000,
    make(k, size) {
      const all = elements(7 * size) as Doubles;
      const state = Object.fromEntries(
        NAMES.map((name, i) => [name, all.slice(i * size, (i + 1) * size)]),
      ) as State;
      return {
        ours: () => k.nbodySync(state, { dt: 0.01, softening: 0.1 }),
        javascript: () => jsNbody(state),
      };
    },
  },
  {
    name: 'mandelbrot',
    unit: 'pixels',
    most: 1e6,
    make(k, size) {
      const height = Math.max(1, Math.round(Math.sqrt(size / 1.5)));
      const width = Math.max(1, Math.round(size / height));
      return { ours: () => k.mandelbrotSync(width, height), javascript: () => jsMandelbrot(width, height) };
    },
  },
  {
    name: 'kmeans',
    unit: 'points',
    most: 1e6,
    make(kernels, size) {
      const data = elements(2 * size) as Doubles;
      const k = Math.min(size, 8);
      const points = { data, rows: size, cols: 2 };
      const init = { data: data.slice(0, 2 * k), rows: k, cols: 2 };
      return {
        ours: () => kernels.kmeansSync(points, k, { init, maxIterations: 10 }),
        javascript: () => jsKmeans(data, k, 10),
      };
    },
  },
];
