// What words are called in a trace: thread records, span table and hints of the heap, and a model's own blocks.

import {
  HEADER_DEBUG,
  HEADER_FAIL_GROW,
  HEADER_MAX_PAGES,
  HEADER_SPAN_HINT,
  HINT_MAP_BYTES,
  HINTS_AT,
  SPAN_TABLE_AT,
  THREAD_BYTES,
  THREADS_AT,
  WINDOWS_AT,
} from '../../../assembly/heap/layout';
import {
  THREAD_BELL,
  THREAD_CALLS,
  THREAD_OWNER,
  THREAD_PARKED,
  THREAD_PENDING,
  THREAD_REST,
  THREAD_SLABS,
  THREAD_STATE,
  THREAD_STOP,
} from '../../../assembly/heap/threads';

/** A block: first address, name, names of its words by offset. */
export type Block = [at: number, name: string, fields: Record<number, string>];

const HEADER: Record<number, string> = {
  [HEADER_DEBUG]: 'header.debug',
  [HEADER_FAIL_GROW]: 'header.failGrow',
  [HEADER_MAX_PAGES]: 'header.maxPages',
  [HEADER_SPAN_HINT]: 'header.spanHint',
};
const RECORD: Record<number, string> = {
  [THREAD_BELL]: 'bell',
  [THREAD_CALLS]: 'calls',
  [THREAD_PARKED]: 'parked',
  [THREAD_OWNER]: 'owner',
  [THREAD_PENDING]: 'pending',
  [THREAD_REST]: 'rest',
  [THREAD_STATE]: 'state',
  [THREAD_STOP]: 'stop',
};

/** The names of the heap's words and of these blocks'. */
export function names(blocks: readonly Block[] = []): (p: number) => string | undefined {
  return (p) => {
    const block = blocks.filter(([at]) => at <= p).sort(([one], [other]) => other - one)[0];
    if (block?.[2][p - block[0]] !== undefined) return `${block[1]}.${block[2][p - block[0]]}`;
    if (HEADER[p] !== undefined) return HEADER[p];
    if (p >= THREADS_AT && p < SPAN_TABLE_AT) {
      const offset = (p - THREADS_AT) % THREAD_BYTES;
      const record = `thread ${(p - THREADS_AT - offset) / THREAD_BYTES}`;
      return offset >= THREAD_SLABS
        ? `${record}.slab[${(offset - THREAD_SLABS) / 4}]`
        : `${record}.${RECORD[offset] ?? offset}`;
    }
    if (p >= SPAN_TABLE_AT && p < HINTS_AT)
      return `span ${(p - SPAN_TABLE_AT) >>> 3}.${(p & 4) === 0 ? 'state' : 'extra'}`;
    if (p >= HINTS_AT && p < WINDOWS_AT) {
      const sizeClass = Math.floor((p - HINTS_AT) / HINT_MAP_BYTES);
      return `hints of class ${sizeClass}[${((p - HINTS_AT) % HINT_MAP_BYTES) / 4}]`;
    }
    return undefined;
  };
}
