// A batch of photos: two JPEG files decoded, forty crops of them resized, watermarked and written, a contact sheet.
// The pixels lie in shared memory: a task gets the whole picture without a copy, and all tasks draw their
// thumbnails into one contact sheet, each in a place of its own.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sharedArray, tasks } from 'manyhands';
import { compositeSync, resizeSync } from 'manyhands/kernels';
import { clocked } from '../clock.js';
import { here } from '../here.js';
import { readBytes } from '../inputs.js';
import { decodeJpeg, encodeJpeg, loadCodec } from '../photos/codec.js';
import { drawMark } from '../photos/mark.js';
import { boxOf, SHOTS } from '../photos/places.js';
import { html } from '../report/html.js';

const FILES = { day: 'earth-blue-marble.jpg', night: 'earth-night.jpg' };
const WIDTH = 800;
const HEIGHT = 600;
const MARK = { size: 15, opacity: 0.8, margin: 6 };

/** The contact sheet: tiles in rows, with gaps around them. */
const TILE = { width: 160, height: 120, gap: 6, columns: 8 };
const SHEET = {
  width: TILE.columns * (TILE.width + TILE.gap) + TILE.gap,
  height: Math.ceil(SHOTS.length / TILE.columns) * (TILE.height + TILE.gap) + TILE.gap,
};
const SHEET_FILE = 'contact-sheet.jpg';
const PAPER = [24, 26, 30, 255];

/** Where a shot's tile lies on the sheet. */
function tileOf(index) {
  return {
    x: TILE.gap + (index % TILE.columns) * (TILE.width + TILE.gap),
    y: TILE.gap + Math.floor(index / TILE.columns) * (TILE.height + TILE.gap),
  };
}

/** Copies a box of one image to a place in another, row by row. */
function copyBox(from, box, to, x, y) {
  for (let row = 0; row < box.height; row++) {
    const begin = 4 * ((box.y + row) * from.width + box.x);
    to.data.set(from.data.subarray(begin, begin + 4 * box.width), 4 * ((y + row) * to.width + x));
  }
}

/** Writes an image as a JPEG file; what is compared is the digest of its bytes. */
async function writeImage(image, folder, file) {
  const bytes = await encodeJpeg(image);
  await writeFile(join(folder, file), bytes);
  return { file, bytes: bytes.length, digest: createHash('sha256').update(bytes).digest('hex') };
}

export const { decode, shoot, writeSheet, warmUp } = tasks(import.meta.url, {
  /** Decodes a file into shared memory. */
  decode: clocked(async ({ bytes, file }) => {
    const { data, width, height } = await decodeJpeg(bytes, file);
    return { data: sharedArray(Uint8ClampedArray, data), width, height };
  }),

  /** Cuts a shot out of a picture; writes it and draws its tile on the sheet. */
  shoot: clocked(async ({ shot, picture, mark, sheet, folder }) => {
    const box = boxOf(shot, picture);
    const cut = {
      data: new Uint8ClampedArray(4 * box.width * box.height),
      width: box.width,
      height: box.height,
    };
    copyBox(picture, box, cut, 0, 0);
    const photo = resizeSync(cut, WIDTH, HEIGHT, { filter: 'lanczos3', pool: here });
    const x = WIDTH - mark.width - MARK.margin;
    const y = HEIGHT - mark.height - MARK.margin;
    const marked = compositeSync(photo, mark, { x, y, opacity: MARK.opacity, pool: here });
    const tile = resizeSync(photo, TILE.width, TILE.height, { pool: here });
    const place = tileOf(shot.index);
    copyBox(tile, { x: 0, y: 0, ...tile }, sheet, place.x, place.y);
    return writeImage(marked, folder, shot.file);
  }),

  writeSheet: clocked(({ sheet, folder }) => writeImage(sheet, folder, SHEET_FILE)),
  warmUp: clocked(loadCodec),
});

function sharedSheet() {
  const data = sharedArray(Uint8ClampedArray, 4 * SHEET.width * SHEET.height);
  for (let at = 0; at < data.length; at += 4) data.set(PAPER, at);
  return { ...SHEET, data };
}

/** The whole batch: `each(task, items)` runs a task for each item, here or on a pool. */
async function batch({ files, mark, out }, each) {
  const pictures = await each(decode, files);
  const sheet = sharedSheet();
  const byTime = { day: pictures[0], night: pictures[1] };
  const folder = join(out, 'photos');
  const shots = SHOTS.map((shot) => ({ shot, picture: byTime[shot.time], mark, sheet, folder }));
  const photos = await each(shoot, shots, true);
  const [contact] = await each(writeSheet, [{ sheet, folder: out }]);
  return { photos, contact };
}

/** @type {import('./index.js').Job} */
export const photos = {
  name: 'photos',
  title: `${SHOTS.length} photos cut, resized to ${WIDTH} × ${HEIGHT}, watermarked`,

  async prepare({ data, out }) {
    const bytes = await Promise.all(Object.values(FILES).map((file) => readBytes(data, file)));
    const files = Object.values(FILES).map((file, i) => ({ bytes: bytes[i], file: join(data, file) }));
    await mkdir(join(out, 'photos'), { recursive: true });
    await loadCodec();
    return { files, mark: drawMark(MARK.size), out };
  },

  warm: (pool) => pool.broadcast(warmUp),

  alone: (input, progress) =>
    batch(input, async (task, items, counted) => {
      const values = [];
      for (const item of items) {
        const { value } = await task(item);
        values.push(value);
        if (counted) progress({ done: values.length, total: items.length });
      }
      return values;
    }),

  together: (input, { pool, progress, note }) =>
    batch(input, async (task, items, counted) => {
      const stamped = await pool.map(task, items, { chunksize: 1, progress: counted ? progress : undefined });
      return stamped.map(note);
    }),

  show({ out }, { result: { photos, contact } }) {
    const base64 = readFileSync(join(out, contact.file), 'base64');
    const kilobytes = Math.round(photos.reduce((sum, { bytes }) => sum + bytes, 0) / 1000);
    const line = `${photos.length} photos, ${kilobytes.toLocaleString('en')} kB, and ${SHEET_FILE}`;
    const percent = (part, whole) => `${((100 * part) / whole).toFixed(3)}%`;
    const links = SHOTS.map(({ index, name, file }) => {
      const { x, y } = tileOf(index);
      const place = `left:${percent(x, SHEET.width)};top:${percent(y, SHEET.height)}`;
      return html`<a href="photos/${file}" title="${name}" aria-label="${name}" style="${place}"></a>`;
    });
    const size = `--tile-width:${percent(TILE.width, SHEET.width)};--tile-height:${percent(TILE.height, SHEET.height)}`;
    return {
      lines: [`${line} in ${out}`],
      html: html`<p>${line}. NASA's Blue Marble by day and Black Marble by night; a tile leads to its photo.</p>
<figure class="sheet" style="${size}"><img src="data:image/jpeg;base64,${base64}" alt="Contact sheet of ${photos.length} photos" width="${SHEET.width}" height="${SHEET.height}">${links}</figure>`,
    };
  },
};
