// Compiles AssemblyScript source for a test, as the package's own kernels are compiled.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileKernel } from '../../src/build/compile';

const assemblyDir = join(import.meta.dirname, '../../assembly');

/** The threaded binary of the source, with its static data at the window. */
export async function compileSource(
  name: string,
  source: string,
  window: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const baseDir = mkdtempSync(join(tmpdir(), 'manyhands-kernel-'));
  try {
    writeFileSync(join(baseDir, 'kernel.ts'), source);
    const { threads } = await compileKernel({ name, entry: 'kernel.ts', baseDir, window, assemblyDir });
    return new Uint8Array(threads);
  } finally {
    rmSync(baseDir, { recursive: true });
  }
}
