// Reading input files; whatever is wrong with one is an InputError that says so in one line.

import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { registerError } from 'manyhands';

/** Something is wrong with an input file. Registered, so that one thrown in a worker arrives as what it is. */
export class InputError extends Error {
  name = 'InputError';
}
registerError(InputError);

const REASONS = { ENOENT: 'no such file', EACCES: 'no permission to read it', EISDIR: 'it is a folder' };

/** The bytes of a file of the input folder. */
export async function readBytes(folder, name) {
  const path = join(folder, name);
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    throw new InputError(`Cannot read ${path}: ${REASONS[error.code] ?? error.message}`, { cause: error });
  }
}

/** The bytes of a file, which have to be UTF-8 and more than none. */
export async function readUtf8(folder, name) {
  const bytes = await readBytes(folder, name);
  if (bytes.length === 0) throw new InputError(`Cannot use ${join(folder, name)}: it is empty`);
  if (!isUtf8(bytes)) {
    const good = new TextDecoder().decode(bytes).split('\ufffd', 1)[0];
    const at = Buffer.byteLength(good);
    throw new InputError(`Cannot use ${join(folder, name)}: it is not UTF-8 text, see byte ${at}`);
  }
  return bytes;
}
