/** A kernel that takes a lock and lets go, in a loop: compiled as every kernel is, on a heap of its own in this thread. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileKernel } from '../../src/build/compile.js';
import { Lock } from '../../src/index';
import { loadKernels } from '../../src/kernels/_module.js';
import { SyncHandle } from '../../src/sync/_handle.js';

const SOURCE = `
import { Lock } from 'manyhands/assembly';
export function pairs(begin: i32, end: i32, lock: Lock): void {
  for (let i = begin; i < end; i++) {
    lock.acquire();
    lock.release();
  }
}
`;
const WINDOW = 60;

/** @returns What does n pairs. */
export async function compilePairs(): Promise<(n: number) => void> {
  const baseDir = mkdtempSync(join(tmpdir(), 'manyhands-bench-'));
  try {
    writeFileSync(join(baseDir, 'pairs.ts'), SOURCE);
    const { threads, single } = await compileKernel({
      name: 'pairs',
      entry: 'pairs.ts',
      baseDir,
      window: WINDOW,
      assemblyDir: fileURLToPath(new URL('../../assembly', import.meta.url)),
    });
    const text = (binary: Uint8Array) => async () => ({ default: Buffer.from(binary).toString('base64') });
    const { pairs } = await loadKernels({ name: 'pairs', threads: text(threads), single: text(single) });
    const lock = new Lock();
    return (n) => pairs(0, n, SyncHandle.wordsOf(lock));
  } finally {
    rmSync(baseDir, { recursive: true });
  }
}
