/** Picture operations on an opaque photo of 2048 × 1536, against loops in C++, numpy and sharp. */
import { elements } from '../rivals/data.js';
import { loadSharp, type Sharp } from '../rivals/libraries.js';
import { dataFile, type Job, library, type Spec, type Workplace } from './contenders.js';

const WIDTH = 2048;
const HEIGHT = 1536;
const BYTES = 4 * WIDTH * HEIGHT;
const REPEATS = 3;

/** Waves and noise: neighbours are alike, as in a photo. */
function photo(): Uint8Array {
  const noise = elements(BYTES);
  const data = new Uint8Array(BYTES);
  for (let y = 0, at = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      for (let c = 0; c < 3; c++, at++) {
        data[at] = 100 + 60 * Math.sin(x / (90 + 20 * c)) * Math.cos(y / 70) + 60 * noise[at];
      }
      data[at++] = 255;
    }
  }
  return data;
}

const file = () => dataFile('photo.rgba', photo);

/** What comes out of C++ and ours is within 1 of each other: the mean, coarsely. */
const mean = (data: Uint8Array) =>
  Math.floor(data.reduce((total, byte) => total + byte, 0) / data.length / 4);

function overlay(from: Uint8Array): Uint8Array {
  const over = from.slice().reverse();
  for (let i = 3; i < over.length; i += 4) over[i] = i >> 2;
  return over;
}

type Picture = { data: Uint8Array; width: number; height: number };

function picture(
  name: string,
  title: string,
  run: (place: Workplace, src: Picture) => () => Promise<Picture>,
  javascript: ((from: Uint8Array) => () => Uint8Array) | undefined,
  withSharp?: (image: Sharp, from: Uint8Array) => Sharp,
  more: Partial<Spec> = {},
): Spec {
  const result = (call: () => unknown, read: (found: never) => Uint8Array): Job => {
    let found: unknown;
    return {
      async run() {
        found = await call();
      },
      check: () => mean(read(found as never)),
    };
  };
  return {
    name,
    title: `${title}, ${WIDTH} × ${HEIGHT}, shared`,
    repeats: REPEATS,
    native: ['images', name, file, WIDTH, HEIGHT],
    ours(place) {
      const data = place.shared('Uint8Array', BYTES);
      data.set(photo());
      return result(run(place, { data, width: WIDTH, height: HEIGHT }), ({ data }: Picture) => data);
    },
    ...(javascript && { javascript: () => result(javascript(photo()), (data: Uint8Array) => data) }),
    ...(withSharp && {
      libraries: ({ workers }) => [
        library('sharp', REPEATS, async () => {
          const sharp = await loadSharp();
          sharp.concurrency(workers);
          sharp.cache(false);
          const from = photo();
          const raw = { width: WIDTH, height: HEIGHT, channels: 4 } as const;
          return { run: () => withSharp(sharp(from, { raw }), from).raw().toBuffer() };
        }),
      ],
    }),
    ...more,
  };
}

const numpy = (name: string): Partial<Spec> => ({ numpy: [name, file, WIDTH, HEIGHT] });

export const images: readonly Spec[] = [
  picture(
    'resize',
    'resize to half, lanczos3',
    ({ kernels, pool, shared }, src) => {
      const out = shared('Uint8Array', BYTES / 4);
      return () => kernels.resize(src, WIDTH / 2, HEIGHT / 2, { out, pool });
    },
    undefined,
    (image) => image.resize(WIDTH / 2, HEIGHT / 2, { kernel: 'lanczos3', fit: 'fill' }),
  ),
  picture(
    'composite',
    'composite at an opacity of 0.75',
    ({ kernels, pool, shared }, src) => {
      const data = shared('Uint8Array', BYTES);
      data.set(overlay(src.data));
      const out = shared('Uint8Array', BYTES);
      return () => kernels.composite(src, { ...src, data }, { opacity: 0.75, out, pool });
    },
    (from) => {
      const over = overlay(from);
      const out = new Uint8Array(BYTES);
      return () => {
        for (let i = 0; i < BYTES; i += 4) {
          const alpha = (over[i + 3] * 0.75) / 255;
          const under = (from[i + 3] / 255) * (1 - alpha);
          const sum = alpha + under;
          for (let c = 0; c < 3; c++) out[i + c] = (over[i + c] * alpha + from[i + c] * under) / sum + 0.5;
          out[i + 3] = sum * 255 + 0.5;
        }
        return out;
      };
    },
    (image, from) => {
      const raw = { width: WIDTH, height: HEIGHT, channels: 4 } as const;
      return image.composite([{ input: Buffer.from(from), raw }]);
    },
    numpy('composite'),
  ),
  picture(
    'grayscale',
    'grayscale',
    ({ kernels, pool, shared }, src) => {
      const out = shared('Uint8Array', BYTES);
      return () => kernels.grayscale(src, { out, pool });
    },
    (from) => {
      const out = new Uint8Array(BYTES);
      return () => {
        for (let i = 0; i < BYTES; i += 4) {
          const luma = (19595 * from[i] + 38470 * from[i + 1] + 7471 * from[i + 2] + 32768) >> 16;
          out[i] = out[i + 1] = out[i + 2] = luma;
          out[i + 3] = from[i + 3];
        }
        return out;
      };
    },
    (image) => image.grayscale(),
    { ...numpy('grayscale'), isMemoryBound: true },
  ),
  picture(
    'blur',
    'blur, sigma 5',
    ({ kernels, pool, shared }, src) => {
      const out = shared('Uint8Array', BYTES);
      return () => kernels.blur(src, 5, { out, pool });
    },
    undefined,
    (image) => image.blur(5),
  ),
  picture(
    'crop',
    'crop to half',
    ({ kernels, pool, shared }, src) => {
      const out = shared('Uint8Array', BYTES / 4);
      return () => kernels.crop(src, WIDTH / 4, HEIGHT / 4, WIDTH / 2, HEIGHT / 2, { out, pool });
    },
    (from) => {
      const out = new Uint8Array(BYTES / 4);
      return () => {
        for (let y = 0; y < HEIGHT / 2; y++) {
          const begin = 4 * ((y + HEIGHT / 4) * WIDTH + WIDTH / 4);
          out.set(from.subarray(begin, begin + 2 * WIDTH), 2 * WIDTH * y);
        }
        return out;
      };
    },
    (image) => image.extract({ left: WIDTH / 4, top: HEIGHT / 4, width: WIDTH / 2, height: HEIGHT / 2 }),
    {
      ...numpy('crop'),
      reason:
        'C++: nothing but copies, by the C library’s memcpy, which has the processor’s widest vectors; a copy in wasm has 128 bits.',
      isMemoryBound: true,
      repeats: 10,
    },
  ),
  picture(
    'convolve2d',
    'convolve2d with 3 × 3',
    ({ kernels, pool, shared }, src) => {
      const out = shared('Uint8Array', BYTES);
      const kernel = [
        [1, 2, 1],
        [2, 4, 2],
        [1, 2, 1],
      ];
      return () => kernels.convolve2d(src, kernel, { out, pool });
    },
    undefined,
    (image) => image.convolve({ width: 3, height: 3, kernel: [1, 2, 1, 2, 4, 2, 1, 2, 1] }),
    numpy('convolve2d'),
  ),
  picture(
    'rotate',
    'rotate by 30°, bilinear',
    ({ kernels, pool, shared }, src) => {
      const out = shared('Uint8Array', 4 * 2542 * 2355);
      return () => kernels.rotate(src, 30, { out, pool });
    },
    undefined,
    (image) => image.rotate(30),
  ),
  {
    name: 'imageHistogram',
    title: `imageHistogram, ${WIDTH} × ${HEIGHT}, shared`,
    repeats: REPEATS,
    native: ['images', 'imageHistogram', file, WIDTH, HEIGHT],
    ...numpy('imageHistogram'),
    ours({ kernels, pool, shared }) {
      const data = shared('Uint8Array', BYTES);
      data.set(photo());
      let total = 0;
      return {
        async run() {
          const { r, g, b, a } = await kernels.imageHistogram(
            { data, width: WIDTH, height: HEIGHT },
            { pool },
          );
          total = [...r, ...g, ...b, ...a].reduce((sum, count, i) => sum + count * ((i % 7) + 1), 0);
        },
        check: () => total,
      };
    },
    javascript() {
      const from = photo();
      let counts = new Uint32Array(1024);
      return {
        run() {
          counts = new Uint32Array(1024);
          for (let i = 0; i < BYTES; i += 4) {
            counts[from[i]]++;
            counts[256 + from[i + 1]]++;
            counts[512 + from[i + 2]]++;
            counts[768 + from[i + 3]]++;
          }
        },
        check: () => counts.reduce((sum, count, i) => sum + count * ((i % 7) + 1), 0),
      };
    },
  },
];
