/** Text and bytes: 16 MB of words, 8 MB of numbers, against C++, Python's libraries, zlib, node:crypto and hash-wasm. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as zlib from 'node:zlib';
import { elements } from '../rivals/data.js';
import { loadHashWasm } from '../rivals/libraries.js';
import { dataFile, type Job, type Kernels, library, type Pool, type Spec } from './contenders.js';

const MEGABYTE = 2 ** 20;
const REPEATS = 3;
const MESSAGE = 4096;

/** Lines of twelve words; few words are frequent, as in prose. A needle stands in every thousandth line. */
function prose(): Uint8Array {
  const draws = elements(3_000_000);
  const lines: string[] = [];
  for (let at = 0, bytes = 0; bytes < 16 * MEGABYTE; ) {
    const words: string[] = [];
    for (let i = 0; i < 12; i++)
      words.push(Math.floor(36 ** (1 + 3 * draws[at++ % draws.length] ** 2)).toString(36));
    if (lines.length % 1000 === 0) words.push('needle');
    lines.push(words.join(' '));
    bytes += lines[lines.length - 1].length + 1;
  }
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

function sheet(): Uint8Array {
  const draws = elements(400_000);
  const rows: string[] = [];
  for (let i = 0; i < draws.length; i += 8)
    rows.push(Array.from(draws.subarray(i, i + 8), (x) => x * 1000).join(','));
  return new TextEncoder().encode(`${rows.join('\n')}\n`);
}

function noise(): Uint8Array {
  const draws = elements(4 * MEGABYTE);
  return new Uint8Array(Uint32Array.from(draws, (x) => x * 2 ** 32).buffer);
}

const PROSE = () => dataFile('prose.txt', prose);
const SHEET = () => dataFile('sheet.csv', sheet);
const NOISE = () => dataFile('noise.bin', noise);

function textSpec<T>(
  name: string,
  title: string,
  path: () => string,
  run: (kernels: Kernels, text: Uint8Array, options: { pool: Pool }) => Promise<T>,
  javascript: ((text: Uint8Array) => T) | undefined,
  check: (found: T) => number,
  more: Partial<Spec> = {},
): Spec {
  const job = (call: () => Promise<T> | T): Job => {
    let found: T;
    return {
      async run() {
        found = await call();
      },
      check: () => check(found),
    };
  };
  return {
    name,
    title: `${title}, shared`,
    repeats: REPEATS,
    native: ['text', name, path],
    numpy: [name, path],
    isPython: true,
    ours({ kernels, pool, shared }) {
      const from = readFileSync(path());
      const text = shared('Uint8Array', from.length);
      text.set(from);
      return job(() => run(kernels, text, { pool }));
    },
    ...(javascript && {
      javascript: () => {
        const text = new Uint8Array(readFileSync(path()));
        return job(() => javascript(text));
      },
    }),
    ...more,
  };
}

export const text: readonly Spec[] = [
  textSpec(
    'wordCount',
    'wordCount of 16 MB',
    PROSE,
    (k, bytes, options) => k.wordCount(bytes, options),
    (bytes) => {
      const counts = new Map<string, number>();
      for (const word of new TextDecoder().decode(bytes).split(/[ \t\n\v\f\r]+/)) {
        if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
      }
      return new Map([...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)));
    },
    (counts) => counts.size * 1000 + (counts.values().next().value ?? 0),
    { repeats: 1 },
  ),
  textSpec(
    'countLines',
    'countLines of 16 MB',
    PROSE,
    (k, bytes, options) => k.countLines(bytes, options),
    (bytes) => {
      let lines = 0;
      for (let i = 0; i < bytes.length; i++) if (bytes[i] === 10) lines++;
      return lines;
    },
    (lines) => lines,
    { isMemoryBound: true },
  ),
  textSpec(
    'splitLines',
    'splitLines of 16 MB',
    PROSE,
    (k, bytes, options) => k.splitLines(bytes, options),
    (bytes) => {
      const starts: number[] = [];
      const ends: number[] = [];
      for (let at = 0; at < bytes.length; ) {
        const end = bytes.indexOf(10, at);
        starts.push(at);
        ends.push(end);
        at = end + 1;
      }
      return { starts: Uint32Array.from(starts), ends: Uint32Array.from(ends) };
    },
    ({ starts, ends }) => starts.reduce((total, start, i) => total + ends[i] - start, 0),
  ),
  textSpec(
    'parseCsvNumbers',
    'parseCsvNumbers of 50,000 × 8',
    SHEET,
    async (k, bytes, options) => (await k.parseCsvNumbers(bytes, options)).data,
    (bytes) =>
      Float64Array.from(new TextDecoder().decode(bytes).trimEnd().replaceAll('\n', ',').split(','), Number),
    (data) => data.reduce((total, x) => total + x, 0),
  ),
  textSpec(
    'find',
    'find of six bytes in 16 MB',
    PROSE,
    (k, bytes, options) => k.find(bytes, 'needle', options),
    (bytes) => {
      const found: number[] = [];
      const buffer = Buffer.from(bytes.buffer);
      for (let at = buffer.indexOf('needle'); at >= 0; at = buffer.indexOf('needle', at + 1)) found.push(at);
      return Uint32Array.from(found);
    },
    (found) => found.length,
    { isMemoryBound: true },
  ),
  textSpec(
    'crc32',
    'crc32 of 16 MB',
    NOISE,
    (k, bytes, options) => k.crc32(bytes, options),
    (bytes) => {
      const table = Uint32Array.from({ length: 256 }, (_, i) => {
        let c = i;
        for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
        return c;
      });
      let crc = -1;
      for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ table[(crc ^ bytes[i]) & 255];
      return ~crc >>> 0;
    },
    (crc) => crc,
    {
      libraries: () => [
        library('node:zlib', REPEATS, async () => {
          const bytes = readFileSync(NOISE());
          let found = 0;
          return {
            run() {
              found = zlib.crc32(bytes);
            },
            check: () => found,
          };
        }),
        library('hash-wasm', REPEATS, async () => {
          const { crc32 } = await loadHashWasm();
          const bytes = readFileSync(NOISE());
          let found = '';
          return {
            async run() {
              found = await crc32(bytes);
            },
            check: () => Number.parseInt(found, 16),
          };
        }),
      ],
      notes: ['Python and node:zlib: zlib, which has the processor’s carry-less products.'],
    },
  ),
  textSpec(
    'sha256',
    'sha256 of 4096 messages of 4 KiB',
    NOISE,
    (k, bytes, options) => k.sha256(messages(bytes), options) as Promise<Uint8Array[]>,
    undefined,
    (digests) => digests.reduce((total, digest) => total + digest[0], 0),
    {
      libraries: () => [
        library('node:crypto', REPEATS, async () => {
          const list = messages(readFileSync(NOISE()));
          let found: Uint8Array[] = [];
          return {
            run() {
              found = list.map((message) => createHash('sha256').update(message).digest());
            },
            check: () => found.reduce((total, digest) => total + digest[0], 0),
          };
        }),
        library('hash-wasm', REPEATS, async () => {
          const { createSHA256 } = await loadHashWasm();
          const hasher = await createSHA256();
          const list = messages(readFileSync(NOISE()));
          let found: Uint8Array[] = [];
          return {
            run() {
              found = list.map((message) => hasher.init().update(message).digest('binary'));
            },
            check: () => found.reduce((total, digest) => total + digest[0], 0),
          };
        }),
      ],
      notes: ['Python and node:crypto: OpenSSL, which has the processor’s instructions for SHA-256.'],
    },
  ),
];

function messages(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: bytes.length / MESSAGE }, (_, i) =>
    bytes.subarray(i * MESSAGE, (i + 1) * MESSAGE),
  );
}
