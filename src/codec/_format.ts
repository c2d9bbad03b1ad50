/**
 * The byte format of one encoded value.
 *
 * ```
 * message  u32 HEADER │ structure │ blobs, each aligned to 8 bytes
 * HEADER   bit 31: some object is referred to again (REFS_BIT) · bits 0–30: bytes of header and structure
 * ```
 * The structure is a prefix code: a tag byte, then what the tag asks for. Sizes and counts are LEB128 varints,
 * everything else is little-endian. The contents of array buffers lie behind the structure, so that a decoder
 * can copy the structure out of shared memory before it looks at it, and each buffer straight into its place.
 * Objects are numbered in the order in which they begin, which is what `REF` counts on.
 *
 * ```
 * 00–7f integers 0…127      80–bf ASCII strings of 0…63 characters
 * c0–db the tags below      e0–ef arrays of 0…15 elements      f0–ff shapes 0…15 of this message
 * ```
 */

export const REFS_BIT = 0x80000000;
export const HEADER_BYTES = 4;

/**
 * Where blobs begin, from the message's first byte. Engines copy shared memory by words only if source and target
 * agree in alignment: 64 KiB take 3 µs, against 28 µs byte by byte (measured, Node 20).
 */
export const BLOB_ALIGN = 8;
export const alignBlob = (offset: number): number => Math.ceil(offset / BLOB_ALIGN) * BLOB_ALIGN;

export const SHORT_STRING = 0x80;
export const SHORT_STRING_MAX = 63;
export const SHORT_ARRAY = 0xe0;
export const SHORT_ARRAY_MAX = 15;
export const SHORT_SHAPE = 0xf0;
export const SHORT_SHAPE_MAX = 15;

export const UNDEFINED = 0xc0;
export const NULL = 0xc1;
export const FALSE = 0xc2;
export const TRUE = 0xc3;
export const INT8 = 0xc4;
export const INT16 = 0xc5;
export const INT32 = 0xc6;
export const FLOAT64 = 0xc7;
/** A signed 64-bit integer. */
export const BIGINT64 = 0xc8;
/** Sign byte, then the magnitude as a hexadecimal string. */
export const BIGINT = 0xc9;
/** u32 length in bytes, then the characters. */
export const STRING_ASCII = 0xca;
export const STRING_UTF8 = 0xcb;
/** u32 length in bytes, then UTF-16 units; only for strings with lone surrogates. */
export const STRING_UTF16 = 0xcc;
/** Varint: the number of an object that began earlier. */
export const REF = 0xcd;
/** Varint length, then the elements. */
export const ARRAY = 0xce;
/** Stands for an array's first hole: varint count, then (varint index, value) of the elements after it. */
export const SPARSE = 0xcf;
/** Varint count and (key, value) pairs, then the array that has these named properties besides its elements. */
export const ARRAY_PROPS = 0xd0;
/** Varint count, then (key, value) pairs. */
export const OBJECT = 0xd1;
/** A new shape, numbered from 0 in each message, see `_shapes.ts`; then the values of its keys. */
export const SHAPE_DEF = 0xd2;
/** Varint number of a shape, then the values of its keys. */
export const SHAPE_REF = 0xd3;
export const MAP = 0xd4;
export const SET = 0xd5;
export const DATE = 0xd6;
export const REGEXP = 0xd7;
/** Varint length; the contents are the next blob. */
export const BUFFER = 0xd8;
/** Kind byte (an index into `VIEW_NAMES`), varint offset and length in elements, then the buffer. */
export const VIEW = 0xd9;
/** The primitive in a `Number`, `String`, `Boolean` or `BigInt` object. */
export const BOXED = 0xda;
/** The class's name, its varint count of fields, then (flag byte, key, value): see `_error-fields.ts`. */
export const ERROR = 0xdb;
/** The handle's tag, then its record. */
export const HANDLE = 0xdc;
/** The tag of an array-handle hook, then its record. */
export const ARRAY_HANDLE = 0xdd;

/** Deepest nesting either side accepts: under 0.5 kB of stack a level for the encoder, 0.4 for the decoder (measured). */
export const MAX_DEPTH = 1000;
/** Buffers larger than this are given back after the message that needed them. */
export const KEEP_BYTES = 1 << 20;
/** A larger array buffer of which only a part is viewed sends no more than that part. */
export const WHOLE_BUFFER_BYTES = 1 << 16;

/** Kinds of view; the place in this list is what travels. */
export const VIEW_NAMES = [
  'DataView',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'Float16Array',
] as const;
