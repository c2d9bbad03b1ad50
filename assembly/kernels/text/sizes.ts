// Layouts and piece sizes of the text kernels, for both sides. Portable.

/** Bytes of a piece of the kernels that go over a text once. */
export const TEXT_BLOCK: i32 = 131072;

/** Occurrences in a piece that find notes as it counts. */
export const FIND_FIRSTS: u32 = 32;

// wordCount. A slot of a word table:
//
//   0 key: the first 16 bytes, zeros behind the word's end │ 16 address │ 20 length │ 24 count (0: free) │ 28 hash
export const SLOT_BYTES: i32 = 32;
export const SLOT_ADDRESS: i32 = 16;
export const SLOT_LENGTH: i32 = 20;
export const SLOT_COUNT: i32 = 24;
export const SLOT_HASH: i32 = 28;

// A job: a stretch of the text, counted into a table of its own.
//
//   0 first byte │ 4 end │ 8 address of the table │ 12 where it stopped because the table was full; else the
//   text's length │ 16 … words in each part of the table
export const JOB_FIRST: i32 = 0;
export const JOB_END: i32 = 4;
export const JOB_TABLE: i32 = 8;
export const JOB_STOPPED: i32 = 12;
export const JOB_PARTS: i32 = 16;
/** Most parts that a table is divided into, by the hash's high bits. */
export const PART_BITS_MAX: i32 = 6;
export const JOB_BYTES: i32 = 16 + 4 * (1 << 6);

// A part of all tables, merged into one list of slots.
//
//   0 address of its hash table (u32 each, an address of a slot) │ 4 log₂ of its length │ 8 address of the list,
//   with as much room again behind it, for sorting │ 12 length of the list
export const MERGE_TABLE: i32 = 0;
export const MERGE_LOG: i32 = 4;
export const MERGE_LIST: i32 = 8;
export const MERGE_LENGTH: i32 = 12;
export const MERGE_BYTES: i32 = 16;

/** An entry of a list: what it is compared by, and its slot at 8. */
export const ENTRY_SHIFT: i32 = 4;
export const ENTRY_BYTES: i32 = 1 << ENTRY_SHIFT;
export const ENTRY_SLOT: i32 = 8;

// Two sorted lists that become one: address and length of both, address of the result.
export const PAIR_BYTES: i32 = 20;

/** Words of a piece when the result is written. */
export const WORDS_BLOCK: i32 = 4096;

// sha256. Messages of a piece, in groups of four; bytes of a piece's scratch memory: 64 schedule words of four
// lanes, then four messages' last one or two blocks with their padding.
export const SHA_MESSAGES: i32 = 32;
export const SHA_TAILS: i32 = 1024;
export const SHA_ROOM: i32 = 1024 + 4 * 128;

// parseCsvNumbers.
/** First and last power of ten of the table that numbers are made with: two u64 each, the low word first. */
export const POWERS_FIRST: i32 = -342;
export const POWERS_LAST: i32 = 308;
/** What stands in a result for a field that the host has to read: this word high, the field's offset low. */
export const CSV_UNREAD: u32 = 0xfff9c54d;
/** A piece's record: start state, records in it, fields unread, offset of the first record of wrong length + 1. */
export const CSV_STATE: i32 = 0;
/** Added to the state of a piece without quotes. */
export const CSV_QUOTELESS: u32 = 8;
export const CSV_RECORDS: i32 = 4;
export const CSV_UNREADS: i32 = 8;
export const CSV_WRONG: i32 = 12;
export const CSV_PIECE_BYTES: i32 = 16;
