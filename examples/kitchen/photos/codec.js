// JPEG files to pixels and back, in whichever thread calls: mozjpeg as WebAssembly, from the package @jsquash/jpeg.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import decode, { init as initDecoder } from '@jsquash/jpeg/decode.js';
import encode, { init as initEncoder } from '@jsquash/jpeg/encode.js';
import { InputError } from '../inputs.js';

/**
 * @typedef {{ data: Uint8ClampedArray, width: number, height: number }} Image
 */

// The decoder gives its result as one of these, which runtimes without a page lack.
globalThis.ImageData ??= class ImageData {
  constructor(data, width, height) {
    Object.assign(this, { data, width, height });
  }
};

/**
 * Smaller tables for a file's own colours cost nothing to speak of; trellis quantisation saves 1 % of bytes and
 * takes 2.6 times as long (measured at 800 × 600).
 */
const ENCODING = { quality: 82, progressive: false, trellis_multipass: false, optimize_coding: true };

const require = createRequire(import.meta.url);
const wasm = (name) =>
  new WebAssembly.Module(readFileSync(require.resolve(`@jsquash/jpeg/codec/${name}.wasm`)));

let decoder;
let encoder;
/** What the decoder has complained about. */
let complaints = [];

/** Makes both codecs ready in this thread. */
export async function loadCodec() {
  if (decoder === undefined) {
    decoder = wasm('dec/mozjpeg_dec');
    await initDecoder(decoder, { print: () => {}, printErr: (line) => complaints.push(line) });
  }
  if (encoder === undefined) {
    encoder = wasm('enc/mozjpeg_enc');
    await initEncoder(encoder);
  }
}

/**
 * The pixels of a JPEG file.
 *
 * @param {Uint8Array} bytes
 * @param {string} name of the file, for the error
 * @returns {Promise<Image>}
 * @throws {InputError} if it is no JPEG file, or a damaged one
 */
export async function decodeJpeg(bytes, name) {
  await loadCodec();
  complaints = [];
  let image;
  try {
    image = await decode(bytes);
  } catch (error) {
    // The decoder is a program that has ended: the next file needs a new one.
    decoder = undefined;
    complaints.push(error.message ?? String(error));
  }
  // A cut file decodes to grey where it ends: what the decoder tells is an error here.
  if (complaints.length > 0) throw new InputError(`Cannot decode ${name}: ${complaints[0]}`);
  return image;
}

/**
 * The image as a JPEG file.
 *
 * @param {Image} image
 * @returns {Promise<Uint8Array>}
 */
export async function encodeJpeg(image) {
  await loadCodec();
  return new Uint8Array(await encode(image, ENCODING));
}
