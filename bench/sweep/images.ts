/** The kernels on images beside the loops over pixels that programs write: opaque pictures, new ones from new ones. */
import { elements } from '../rivals/data.js';
import type { Bytes, Kernels, Pair, Subject } from './subject.js';

interface Picture {
  readonly data: Bytes;
  readonly width: number;
  readonly height: number;
}

/** Opaque noise of about as many pixels, about square. */
function picture(pixels: number): Picture {
  const width = Math.max(1, Math.round(Math.sqrt(pixels)));
  const height = Math.max(1, Math.round(pixels / width));
  const data = Uint8Array.from(elements(4 * width * height), (x, i) => (i % 4 === 3 ? 255 : x * 256));
  return { data, width, height };
}

function onPicture(
  name: string,
  ours: (kernels: Kernels, src: Picture) => unknown,
  javascript: (src: Picture) => unknown,
  most?: number,
): Subject {
  return {
    name,
    unit: 'pixels',
    ...(most !== undefined && { most }),
    make(kernels, size): Pair {
      const src = picture(size);
      return { ours: () => ours(kernels, src), javascript: () => javascript(src) };
    },
  };
}

function jsGrey({ data, width, height }: Picture): Picture {
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 4) {
    const luma = (19595 * data[i] + 38470 * data[i + 1] + 7471 * data[i + 2] + 32768) >> 16;
    out[i] = luma;
    out[i + 1] = luma;
    out[i + 2] = luma;
    out[i + 3] = data[i + 3];
  }
  return { data: out, width, height };
}

function jsCrop(src: Picture, x: number, y: number, width: number, height: number): Picture {
  const out = new Uint8Array(4 * width * height);
  for (let row = 0; row < height; row++) {
    const at = 4 * ((y + row) * src.width + x);
    out.set(src.data.subarray(at, at + 4 * width), 4 * width * row);
  }
  return { data: out, width, height };
}

function jsComposite(base: Picture, over: Picture, opacity: number): Picture {
  const out = new Uint8Array(base.data.length);
  for (let i = 0; i < out.length; i += 4) {
    const alpha = (over.data[i + 3] * opacity) / 255;
    const under = (base.data[i + 3] / 255) * (1 - alpha);
    const sum = alpha + under;
    for (let c = i; c < i + 3; c++) out[c] = (over.data[c] * alpha + base.data[c] * under) / sum + 0.5;
    out[i + 3] = sum * 255 + 0.5;
  }
  return { data: out, width: base.width, height: base.height };
}

function jsHistogram({ data }: Picture) {
  const r = new Uint32Array(256);
  const g = new Uint32Array(256);
  const b = new Uint32Array(256);
  const a = new Uint32Array(256);
  for (let i = 0; i < data.length; i += 4) {
    r[data[i]]++;
    g[data[i + 1]]++;
    b[data[i + 2]]++;
    a[data[i + 3]]++;
  }
  return { r, g, b, a };
}

const clamp = (x: number, most: number) => Math.max(0, Math.min(most, x));

function jsConvolve({ data, width, height }: Picture, kernel: readonly (readonly number[])[]): Picture {
  const out = new Uint8ClampedArray(data.length);
  const half = kernel.length >> 1;
  let divisor = 0;
  for (const row of kernel) for (const weight of row) divisor += weight;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let r = 0;
      let g = 0;
      let b = 0;
      for (let dy = -half; dy <= half; dy++) {
        const from = clamp(y + dy, height - 1) * width;
        for (let dx = -half; dx <= half; dx++) {
          const weight = kernel[dy + half][dx + half];
          const at = 4 * (from + clamp(x + dx, width - 1));
          r += weight * data[at];
          g += weight * data[at + 1];
          b += weight * data[at + 2];
        }
      }
      const at = 4 * (y * width + x);
      out[at] = Math.floor(r / divisor + 0.5);
      out[at + 1] = Math.floor(g / divisor + 0.5);
      out[at + 2] = Math.floor(b / divisor + 0.5);
      out[at + 3] = data[at + 3];
    }
  }
  return { data: new Uint8Array(out.buffer), width, height };
}

interface Taps {
  readonly first: Int32Array;
  readonly weights: Float64Array[];
}

/** Each target's weights over its sources, which sum up to 1. */
function taps(source: number, target: number, reach: number, weigh: (distance: number) => number): Taps {
  const scale = source / target;
  const wide = Math.max(1, scale);
  const first = new Int32Array(target);
  const weights: Float64Array[] = [];
  for (let i = 0; i < target; i++) {
    const centre = (i + 0.5) * scale;
    first[i] = Math.max(0, Math.floor(centre - reach * wide + 0.5));
    const last = Math.min(source, Math.floor(centre + reach * wide + 0.5));
    const own = new Float64Array(Math.max(1, last - first[i]));
    let sum = 0;
    for (let j = 0; j < own.length; j++) sum += own[j] = weigh((first[i] + j + 0.5 - centre) / wide);
    for (let j = 0; j < own.length; j++) own[j] /= sum;
    weights.push(own);
  }
  return { first, weights };
}

/** Rows filtered, then columns: colours premultiplied by alpha. */
function jsFilter({ data, width, height }: Picture, across: Taps, down: Taps): Picture {
  const w = across.first.length;
  const h = down.first.length;
  const middle = new Float64Array(4 * w * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < w; x++) {
      const to = 4 * (y * w + x);
      const weights = across.weights[x];
      for (let j = 0; j < weights.length; j++) {
        const at = 4 * (y * width + across.first[x] + j);
        const alpha = weights[j] * data[at + 3];
        middle[to] += alpha * data[at];
        middle[to + 1] += alpha * data[at + 1];
        middle[to + 2] += alpha * data[at + 2];
        middle[to + 3] += alpha;
      }
    }
  }
  const out = new Uint8ClampedArray(4 * w * h);
  for (let y = 0; y < h; y++) {
    const weights = down.weights[y];
    for (let x = 0; x < w; x++) {
      let r = 0;
      let g = 0;
      let b = 0;
      let a = 0;
      for (let j = 0; j < weights.length; j++) {
        const at = 4 * ((down.first[y] + j) * w + x);
        r += weights[j] * middle[at];
        g += weights[j] * middle[at + 1];
        b += weights[j] * middle[at + 2];
        a += weights[j] * middle[at + 3];
      }
      const to = 4 * (y * w + x);
      out[to] = r / a;
      out[to + 1] = g / a;
      out[to + 2] = b / a;
      out[to + 3] = a;
    }
  }
  return { data: new Uint8Array(out.buffer), width: w, height: h };
}

function lanczos(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= 3) return 0;
  const angle = Math.PI * x;
  return (3 * Math.sin(angle) * Math.sin(angle / 3)) / (angle * angle);
}

function jsRotate(src: Picture, degrees: number): Picture {
  const angle = (degrees * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const width = Math.ceil(src.width * Math.abs(cos) + src.height * Math.abs(sin) - 1e-9);
  const height = Math.ceil(src.width * Math.abs(sin) + src.height * Math.abs(cos) - 1e-9);
  const out = new Uint8ClampedArray(4 * width * height);
  const pixel = (x: number, y: number, c: number) =>
    x < 0 || y < 0 || x >= src.width || y >= src.height ? 0 : src.data[4 * (y * src.width + x) + c];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const dx = x + 0.5 - width / 2;
      const dy = y + 0.5 - height / 2;
      const u = cos * dx + sin * dy + src.width / 2 - 0.5;
      const v = cos * dy - sin * dx + src.height / 2 - 0.5;
      const left = Math.floor(u);
      const top = Math.floor(v);
      if (left < -1 || top < -1 || left >= src.width || top >= src.height) continue;
      const p = u - left;
      const q = v - top;
      const w = [(1 - p) * (1 - q), p * (1 - q), (1 - p) * q, p * q];
      const to = 4 * (y * width + x);
      let alpha = 0;
      for (let k = 0; k < 4; k++) alpha += w[k] * pixel(left + (k & 1), top + (k >> 1), 3);
      if (alpha === 0) continue;
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let k = 0; k < 4; k++) {
          const [px, py] = [left + (k & 1), top + (k >> 1)];
          sum += w[k] * pixel(px, py, c) * pixel(px, py, 3);
        }
        out[to + c] = sum / alpha;
      }
      out[to + 3] = alpha;
    }
  }
  return { data: new Uint8Array(out.buffer), width, height };
}

const SMOOTH = [
  [1, 2, 1],
  [2, 4, 2],
  [1, 2, 1],
];
const SIGMA = 2;
const half = (side: number) => Math.max(1, side >> 1);

export const images: readonly Subject[] = [
  onPicture('grayscale', (k, src) => k.grayscaleSync(src), jsGrey),
  onPicture(
    'crop',
    (k, src) => k.cropSync(src, 0, 0, half(src.width), half(src.height)),
    (src) => jsCrop(src, 0, 0, half(src.width), half(src.height)),
  ),
  onPicture(
    'composite',
    (k, src) => k.compositeSync(src, src, { opacity: 0.75 }),
    (src) => jsComposite(src, src, 0.75),
  ),
  onPicture('imageHistogram', (k, src) => k.imageHistogramSync(src), jsHistogram),
  onPicture(
    'convolve2d',
    (k, src) => k.convolve2dSync(src, SMOOTH),
    (src) => jsConvolve(src, SMOOTH),
  ),
  onPicture(
    'resize',
    (k, src) => k.resizeSync(src, half(src.width), half(src.height)),
    (src) =>
      jsFilter(
        src,
        taps(src.width, half(src.width), 3, lanczos),
        taps(src.height, half(src.height), 3, lanczos),
      ),
    1e6,
  ),
  onPicture(
    'blur',
    (k, src) => k.blurSync(src, SIGMA),
    (src) => {
      const gauss = (x: number) => Math.exp(-(x * x) / (2 * SIGMA * SIGMA));
      return jsFilter(
        src,
        taps(src.width, src.width, 3 * SIGMA, gauss),
        taps(src.height, src.height, 3 * SIGMA, gauss),
      );
    },
    1e6,
  ),
  onPicture(
    'rotate',
    (k, src) => k.rotateSync(src, 30),
    (src) => jsRotate(src, 30),
    1e6,
  ),
];
