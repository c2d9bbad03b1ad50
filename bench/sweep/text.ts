/** The kernels on text and bytes beside the loops that programs write. */
import { elements } from '../rivals/data.js';
import type { Bytes, Kernels, Pair, Subject } from './subject.js';

const DRAWS = elements(2 ** 16);

/** Words of a few letters, few of them frequent, twelve a line. */
function prose(size: number): Bytes {
  const words: string[] = [];
  for (let i = 0, bytes = 0; bytes < size; i++) {
    const word = Math.floor(36 ** (1 + 3 * DRAWS[i % DRAWS.length] ** 2)).toString(36);
    words.push(word, i % 12 === 11 ? '\n' : ' ');
    bytes += word.length + 1;
  }
  return new TextEncoder().encode(words.join('')).slice(0, size);
}

/** Rows of four numbers, 32 bytes each; one number where there is no room for a row. */
function sheet(size: number): Bytes {
  if (size < 32) return new TextEncoder().encode('1'.repeat(size));
  const rows: string[] = [];
  for (let i = 0; i < size >> 5; i++) {
    const fields = Array.from({ length: 4 }, (_, j) =>
      (100 + 900 * DRAWS[(4 * i + j) % DRAWS.length]).toFixed(3).slice(0, 7),
    );
    rows.push(fields.join(','));
  }
  return new TextEncoder().encode(`${rows.join('\n')}\n`);
}

function onBytes(
  name: string,
  make: (size: number) => Bytes,
  ours: (kernels: Kernels, bytes: Bytes) => unknown,
  javascript: (bytes: Bytes) => unknown,
): Subject {
  return {
    name,
    unit: 'bytes',
    make(kernels, size): Pair {
      const bytes = make(size);
      return { ours: () => ours(kernels, bytes), javascript: () => javascript(bytes) };
    },
  };
}

const noise = (size: number): Bytes => Uint8Array.from(elements(size), (x) => x * 256);

function jsLines(bytes: Bytes) {
  const starts: number[] = [];
  const ends: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(10, at);
    const end = found < 0 ? bytes.length : found;
    starts.push(at);
    ends.push(end > at && bytes[end - 1] === 13 && found >= 0 ? end - 1 : end);
    at = end + 1;
  }
  return { starts: Uint32Array.from(starts), ends: Uint32Array.from(ends) };
}

function jsWords(bytes: Bytes): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of new TextDecoder().decode(bytes).split(/[ \t\n\v\f\r]+/)) {
    if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return new Map([...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)));
}

function jsCsv(bytes: Bytes) {
  const lines = new TextDecoder().decode(bytes).trimEnd().split('\n');
  const rows = lines.map((line) => line.split(',').map(Number));
  return { data: Float64Array.from(rows.flat()), rows: rows.length, cols: rows[0].length };
}

const PATTERN = Uint8Array.of(97, 98);

function jsFind(bytes: Bytes, pattern: Bytes): Uint32Array {
  const found: number[] = [];
  for (let i = 0; i + pattern.length <= bytes.length; i++) {
    let j = 0;
    while (j < pattern.length && bytes[i + j] === pattern[j]) j++;
    if (j === pattern.length) found.push(i);
  }
  return Uint32Array.from(found);
}

const crcTable = Uint32Array.from({ length: 256 }, (_, i) => {
  let c = i;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

/** FIPS 180-4: the fractions of the roots of the first primes. */
const fraction = (x: number) => (x - Math.floor(x)) * 2 ** 32;
const shaPrimes = Array.from({ length: 312 }, (_, i) => i).filter(
  (x) => x > 1 && !Array.from({ length: x }, (_, d) => d).some((d) => d > 1 && x % d === 0),
);
const shaKeys = Uint32Array.from(shaPrimes, (p) => fraction(Math.cbrt(p)));
const shaStart = Uint32Array.from(shaPrimes.slice(0, 8), (p) => fraction(Math.sqrt(p)));

function jsSha256(bytes: Bytes): Uint8Array {
  const padded = new Uint8Array((bytes.length + 72) & -64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(padded.length - 4, bytes.length << 3);
  const h = shaStart.slice();
  const w = new Uint32Array(64);
  const turn = (x: number, n: number) => (x >>> n) | (x << (32 - n));
  for (let block = 0; block < padded.length; block += 64) {
    for (let i = 0; i < 16; i++) w[i] = view.getUint32(block + 4 * i);
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15];
      const y = w[i - 2];
      w[i] =
        w[i - 16] +
        (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) +
        w[i - 7] +
        (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
    }
    let [a, b, c, d, e, f, g, last] = h;
    for (let i = 0; i < 64; i++) {
      const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
      const t1 = (last + s1 + ((e & f) ^ (~e & g)) + shaKeys[i] + w[i]) | 0;
      const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      last = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
    h[4] += e;
    h[5] += f;
    h[6] += g;
    h[7] += last;
  }
  const digest = new Uint8Array(32);
  const out = new DataView(digest.buffer);
  for (let i = 0; i < 8; i++) out.setUint32(4 * i, h[i]);
  return digest;
}

export const text: readonly Subject[] = [
  onBytes(
    'countLines',
    prose,
    (k, bytes) => k.countLinesSync(bytes),
    (bytes) => {
      let lines = 0;
      for (let i = 0; i < bytes.length; i++) if (bytes[i] === 10) lines++;
      return bytes.length > 0 && bytes[bytes.length - 1] !== 10 ? lines + 1 : lines;
    },
  ),
  onBytes('splitLines', prose, (k, bytes) => k.splitLinesSync(bytes), jsLines),
  onBytes('wordCount', prose, (k, bytes) => k.wordCountSync(bytes), jsWords),
  onBytes('parseCsvNumbers', sheet, (k, bytes) => k.parseCsvNumbersSync(bytes), jsCsv),
  onBytes(
    'find',
    noise,
    (k, bytes) => k.findSync(bytes, PATTERN),
    (bytes) => jsFind(bytes, PATTERN),
  ),
  onBytes(
    'crc32',
    noise,
    (k, bytes) => k.crc32Sync(bytes),
    (bytes) => {
      let crc = -1;
      for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ crcTable[(crc ^ bytes[i]) & 255];
      return ~crc >>> 0;
    },
  ),
  onBytes('sha256', noise, (k, bytes) => k.sha256Sync(bytes), jsSha256),
];
