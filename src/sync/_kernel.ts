// What a kernel leaves held when its call ends, by returning or by a trap, goes to the next in line, as with a task.

import { load32, store32 } from '../../assembly/atomics/index';
import {
  NOTE_HELD,
  NOTE_READS,
  READ_DEPTH,
  READ_NEXT,
  READ_OUTER,
  READ_WORD,
  threadNote,
} from '../../assembly/heap/notes';
import { KIND_RLOCK, SYNC_LINK, SYNC_MAGIC, SYNC_WORDS } from '../../assembly/sync/block';
import { abandon, RLOCK_DEPTH, RLOCK_OUTER } from '../../assembly/sync/lock';
import { ownerWord } from '../../assembly/sync/owner';
import { leaveReader, RW_DRAIN } from '../../assembly/sync/rwlock';
import { renewViews, thisOwner, thisThread } from '../heap/heap';
import { wake } from './_park';

/** Ends a kernel's call, however it ended. */
export function settleKernel(): void {
  renewViews();
  const note = threadNote(thisThread());
  if (load32(note + NOTE_READS) !== 0) leaveReads(note + NOTE_READS);
  const held = note + NOTE_HELD;
  let word = load32(held);
  store32(held, 0);
  while (word !== 0) {
    const block = word - SYNC_WORDS;
    const next = load32(block + SYNC_LINK);
    const isRLock = load32(block) === SYNC_MAGIC + KIND_RLOCK;
    if (isRLock) store32(word + RLOCK_DEPTH, 0);
    // What the thread's JavaScript holds beneath stays.
    if (!isRLock || load32(word + RLOCK_OUTER) === 0) wake(word, abandon(word, ownerWord(thisOwner())));
    word = next;
  }
}

/** Who is gone reads no more, which disturbs nobody. The records go with the arena they lie in. */
function leaveReads(first: number): void {
  for (let read = load32(first); read !== 0; read = load32(read + READ_NEXT)) {
    if (load32(read + READ_DEPTH) === 0 || load32(read + READ_OUTER) !== 0) continue;
    const word = load32(read + READ_WORD);
    wake(word + RW_DRAIN, leaveReader(word, ownerWord(thisOwner())));
  }
  store32(first, 0);
}
