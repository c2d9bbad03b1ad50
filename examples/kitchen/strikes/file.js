// The file of bird strikes as the jobs get it: in shared memory, cut into parts of whole records.

import { sharedArray } from 'manyhands';
import { InputError, readUtf8 } from '../inputs.js';
import { cutRecords } from './csv.js';
import * as stages from './stages.js';

export const FILE = 'birdstrikes.csv';
/** The first record ends within these. */
const HEADER_BYTES = 65536;

// Decoders refuse shared memory in some runtimes, hence the slice.
const decode = (bytes) => new TextDecoder().decode(bytes.slice());

/** Extract and transform, from bytes of the file, wherever they lie. */
export const extract = (part, line, header) => stages.extract(decode(part), line, header, FILE);
export const transform = (extracted) => stages.transform(extracted, FILE);

/**
 * Reads the file.
 * @returns where the columns stand, all records as one part, and as parts of about `linesEach` lines; each part has
 * its bytes, which are shared memory, and the number of its first line
 */
export async function readStrikes(data, linesEach) {
  const file = await readUtf8(data, FILE);
  const [first] = cutRecords(file.subarray(0, HEADER_BYTES), 1);
  const header = stages.readHeader(decode(file.subarray(0, first.end)), FILE);
  const chunks = cutRecords(file, linesEach, first);
  if (chunks.length === 0) throw new InputError(`Cannot use ${FILE}: it has no records`);
  const bytes = sharedArray(Uint8Array, file);
  const parts = chunks.map(({ begin, end, line }) => ({ part: bytes.subarray(begin, end), line }));
  return { header, whole: { part: bytes.subarray(first.end), line: first.nextLine }, parts };
}
