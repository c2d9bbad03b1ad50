// What a kernel leaves held when its call ends, by returning or by a trap, goes to the next in line, as with a task.

import { load32, store32 } from '../../assembly/atomics/index';
import { NOTE_HELD, threadNote } from '../../assembly/heap/notes';
import { KIND_RLOCK, SYNC_LINK, SYNC_MAGIC, SYNC_WORDS } from '../../assembly/sync/block';
import { abandon, RLOCK_DEPTH, RLOCK_OUTER } from '../../assembly/sync/lock';
import { ownerWord } from '../../assembly/sync/owner';
import { thisOwner, thisThread } from '../heap/heap';
import { wake } from './_park';

/** Ends a kernel's call, however it ended. */
export function settleKernel(): void {
  const held = threadNote(thisThread()) + NOTE_HELD;
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
