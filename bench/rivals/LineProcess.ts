/**
 * A rival that is a program of its own: it is started once and kept, and for every line it reads it does the
 * job and writes one line of JSON with the time it took itself. So its rounds interleave with ours, and its
 * start is not counted.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Answer {
  readonly ns: number;
  readonly check?: number;
}

/** How long a program gets to end by itself once its input is closed. */
const END_MS = 2000;

export class LineProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #errors = '';

  private constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    this.#child = spawn(command, args, { env: { ...process.env, ...env } });
    this.#child.on('error', () => {});
    this.#child.stdin.on('error', () => {});
    this.#child.stderr.on('data', (text: Buffer) => {
      this.#errors += text;
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Resolves when the program has prepared its data and said that it is ready, in its first line. */
  static async start(
    command: string,
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<LineProcess> {
    const process = new LineProcess(command, args, env);
    await process.#line();
    return process;
  }

  async run(): Promise<Answer> {
    this.#child.stdin.write('run\n');
    return JSON.parse(await this.#line());
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    const timer = setTimeout(() => this.#child.kill(), END_MS);
    this.#child.stdin.end();
    await ended;
    clearTimeout(timer);
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (!done) return value;
    const said = this.#errors.trim().split('\n').at(-1);
    throw new Error(`${this.#child.spawnfile} ended${said ? `: ${said}` : ''}`);
  }
}
