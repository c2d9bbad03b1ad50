// What the programs of the tests use of node:process, in a page and in its workers: bundled in its place
// (programs.ts). The page (pages.ts) says what the arguments and the environment are, and reads the exit code.

interface Program {
  argv: string[];
  env: Record<string, string | undefined>;
  exitCode?: number;
}

/** In a worker there is no page that says it. */
const program: Program = (globalThis as { manyhandsProgram?: Program }).manyhandsProgram ?? {
  argv: [],
  env: {},
};

export default Object.assign(program, {
  /** A page's worker that blocks is ended only after two seconds: so this comes back, by throwing. */
  exitThrows: true,
  /** Ends the worker, as soon as what runs in it has come to its end. */
  exit(): never {
    globalThis.close();
    throw new Error('The worker exits');
  },
});
