// Builds the ready-made kernels: each family of assembly/kernels/families.json → two `.wasm` in dist/ and two
// base64 modules in src/kernels/_generated/ that the package imports on first use. Families whose sources have
// not changed are left alone. `tsx tools/kernels.ts [family…]`

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileKernel } from '../src/build/compile';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const assemblyDir = join(root, 'assembly');
const generated = join(root, 'src/kernels/_generated');

/** Folders of the portable sources that every module is compiled with; a family may import more. */
const RUNTIME_FOLDERS = ['atomics', 'heap', 'rt'];

/** Hash of everything that the family's binaries are made from. */
function sourceHash(folder: string): string {
  const hash = createHash('sha256');
  const folders = new Set(RUNTIME_FOLDERS);
  const add = (dir: string) => {
    for (const name of readdirSync(dir).sort()) {
      const path = join(dir, name);
      if (statSync(path).isDirectory()) {
        add(path);
        continue;
      }
      const text = readFileSync(path, 'utf8');
      hash.update(path.slice(root.length)).update(text);
      for (const [, imported] of text.matchAll(/manyhands\/assembly\/(\w+)\//g)) folders.add(imported);
    }
  };
  add(join(assemblyDir, 'kernels', folder));
  for (const used of folders) add(join(assemblyDir, used));
  for (const file of ['src/build/compile.ts', 'src/build/wasm.ts', 'asconfig.json', 'package-lock.json'])
    hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** Builds the families named, or all; returns those that were built anew. */
export async function buildKernels(names: string[] = []): Promise<string[]> {
  const families: Record<string, { entry: string; window: number }> = JSON.parse(
    readFileSync(join(assemblyDir, 'kernels/families.json'), 'utf8'),
  );
  const built: string[] = [];
  mkdirSync(generated, { recursive: true });
  for (const [name, { entry, window }] of Object.entries(families)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const stamp = join(generated, `${name}.hash`);
    const hash = sourceHash(dirname(entry));
    const fresh = existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
    if (!fresh) {
      const kernel = await compileKernel({
        name,
        entry: `kernels/${entry}`,
        baseDir: assemblyDir,
        window,
        assemblyDir,
      });
      for (const variant of ['threads', 'single'] as const) {
        const base64 = Buffer.from(kernel[variant]).toString('base64');
        writeFileSync(join(generated, `${name}.${variant}.wasm`), kernel[variant]);
        writeFileSync(
          join(generated, `${name}.${variant}.ts`),
          `// Made by tools/kernels.ts from assembly/kernels/${entry}.\nconst binary: string = '${base64}';\nexport default binary;\n`,
        );
      }
      writeFileSync(stamp, hash);
      built.push(name);
    }
  }
  return built;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const built = await buildKernels(process.argv.slice(2));
  console.log(built.length === 0 ? 'kernels: up to date' : `kernels: built ${built.join(', ')}`);
}
