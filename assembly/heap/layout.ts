// Where everything lies in the one shared memory. Portable: compiled by asc and by tsc.
//
//   ┌ 0 ────┬ 64 ────┬ 64 Ki ─────┬ 320 Ki ────┬ 832 Ki ────┬ 1216 Ki ───┬ 1344 Ki ─────┬ 1472 Ki ─┬ 1504 Ki ─┬ 1.5 Mi ─┬ 5.5 Mi ─────┬ 9.5 Mi ──
//   │ null  │ header │ threads'   │ span table │ slab hints │ pins       │ thread notes │ holds    │ names    │ static  │ benches     │ spans of
//   │ guard │ words  │ 1024 × 256 │ 65536 × 8  │ 48 × 8 Ki  │ 1024 × 128 │ 1024 × 128   │ 512 × 64 │ 4096 × 4 │ windows │ 1024 × 4 Ki │ the heap
//   └───────┴────────┴────────────┴────────────┴────────────┴────────────┴──────────────┴──────────┴──────────┴─────────┴─────────────┴──────────
//
// All of it is zero at first, and zero is each word's resting state, so a new memory needs only its magic
// number. Untouched pages cost address space, not memory.

/** The unit in which memory grows and in which the heap is cut: one wasm page. */
export const SPAN_BYTES: u32 = 65536;
export const SPAN_SHIFT: u32 = 16;
export const SPANS_MAX: u32 = 65536;

// Header words.
export const HEADER_MAGIC: usize = 64;
export const HEADER_VERSION: usize = 68;
/** Most pages this memory may grow to. */
export const HEADER_MAX_PAGES: usize = 72;
/** 1 where blocks are filled with patterns and checked (MANYHANDS_DEBUG=1). */
export const HEADER_DEBUG: usize = 76;
/** No span below this one is free; a hint, anybody may lower it. */
export const HEADER_SPAN_HINT: usize = 80;
/** For tests: growth is refused when this reaches 1 (0 = never, n = the n-th from now). */
export const HEADER_FAIL_GROW: usize = 84;
/** Next id for whoever needs one that is unique in the program. */
export const HEADER_NEXT_ID: usize = 88;
/** Debug: set by alloc when a block was written after it was freed; the host reports and clears it. */
export const HEADER_WRITTEN_AFTER_FREE: usize = 92;
/** Owner id of the thread that changes the table of names, or 0 (names.ts). */
export const HEADER_NAMES_LOCK: usize = 100;
/** Random, another one in every heap: part of the serials of objects, so that one of another heap is known for what it is. */
export const HEADER_SALT: usize = 104;
/** Words of that table that were ever used. */
export const HEADER_NAMES_USED: usize = 108;
/** Counts the deaths of threads (assembly/sync); event loops that wait for something sleep on it. */
export const HEADER_DEATHS: usize = 96;
/** Per-kind counters of blocks, two words (blocks, bytes) each; see `KIND_…` in src/heap/stats.ts. */
export const HEADER_KINDS: usize = 128;
export const HEADER_KINDS_COUNT: u32 = 32;
/** Those of the kind 'sync', which kernels count as well. */
export const HEADER_KINDS_SYNC: usize = HEADER_KINDS + 5 * 8;
/** Static windows: two words each (hash of the module's data, state). */
export const HEADER_WINDOWS: usize = 512;

/** Reclamation of blocks that others may still read: assembly/map/epoch.ts. */
export const HEADER_EPOCH: usize = 1024;

export const MAGIC: u32 = 0x4d48414e; // "MHAN"
export const LAYOUT_VERSION: u32 = 7;

// Thread records: assembly/heap/threads.ts.
export const THREADS_AT: usize = 65536;
export const THREADS_MAX: u32 = 1024;
export const THREAD_BYTES: u32 = 256;

// Span table: two words a span; assembly/heap/spans.ts.
export const SPAN_TABLE_AT: usize = THREADS_AT + THREADS_MAX * THREAD_BYTES;
export const SPAN_ENTRY_BYTES: u32 = 8;

// Slab hints: one bit a span for each size class; assembly/heap/slabs.ts.
export const CLASSES_MAX: u32 = 48;
export const HINTS_AT: usize = SPAN_TABLE_AT + SPANS_MAX * SPAN_ENTRY_BYTES;
export const HINT_MAP_BYTES: u32 = SPANS_MAX / 8;

// What a thread is reading just now, and the key it looks for: assembly/map.
export const PINS_AT: usize = HINTS_AT + CLASSES_MAX * HINT_MAP_BYTES;
export const PIN_BYTES: u32 = 128;

// Thread notes: assembly/heap/notes.ts.
export const NOTES_AT: usize = PINS_AT + THREADS_MAX * PIN_BYTES;
export const NOTE_BYTES: u32 = 128;

// Who holds which object: assembly/heap/holds.ts.
export const HOLDS_AT: usize = NOTES_AT + THREADS_MAX * NOTE_BYTES;
export const HOLD_BUCKETS: u32 = 512;
export const HOLD_BUCKET_BYTES: u32 = 64;

// Blocks of shared memory that have names, one word each: names.ts.
export const NAMES_AT: usize = HOLDS_AT + HOLD_BUCKETS * HOLD_BUCKET_BYTES;
export const NAMES_MAX: u32 = 4096;

// Static data of kernel modules: one window or more each, given at build time.
export const WINDOWS_AT: usize = 1572864;
export const WINDOW_BYTES: u32 = 65536;
export const WINDOWS_MAX: u32 = 64;

// Benches: memory of each thread for what a short call of a kernel needs; src/heap/scratch.ts.
export const BENCHES_AT: usize = 5767168;
export const BENCH_BYTES: u32 = 4096;

/** The first span that blocks may lie in. */
export const HEAP_FIRST_SPAN: u32 = 152;
/** Pages of a new memory: everything above and 8 spans of heap. */
export const INITIAL_PAGES: u32 = HEAP_FIRST_SPAN + 8;
