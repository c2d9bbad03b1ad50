// What the kitchen says: on a terminal with colours and a bar while something runs, elsewhere in plain lines.

import process from 'node:process';
import { SingleBar } from 'cli-progress';
import { succeeded, workersOf } from './kitchen.js';

const BAR_WIDTH = 32;
const LABEL_WIDTH = 14;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A number of milliseconds, to read. */
export function seconds(ms) {
  return ms < 100
    ? `${ms.toFixed(1)} ms`
    : ms < 1000
      ? `${Math.round(ms)} ms`
      : `${(ms / 1000).toFixed(2)} s`;
}

/** One line for whatever was thrown. */
export function oneLine(error) {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.replace(/\s*\n\s*/g, ' ');
}

/** A bar of blocks, to an eighth of a character. */
function blocks(share, width) {
  const eighths = Math.round(Math.max(0, Math.min(1, share)) * width * 8);
  return '█'.repeat(eighths >> 3) + EIGHTHS[eighths & 7];
}

export class Screen {
  #out;
  #tty;
  #colours;
  #bar;

  constructor(out = process.stdout, env = process.env) {
    this.#out = out;
    this.#tty = out.isTTY === true;
    this.#colours = this.#tty && !env.NO_COLOR && env.TERM !== 'dumb';
  }

  #paint(code, text) {
    return this.#colours ? `\x1b[${code}m${text}\x1b[0m` : text;
  }
  #dim = (text) => this.#paint(2, text);
  #bold = (text) => this.#paint(1, text);
  #good = (text) => this.#paint(32, text);
  #bad = (text) => this.#paint(31, text);
  #warm = (text) => this.#paint(33, text);

  #say(line = '') {
    this.#out.write(`${line}\n`);
  }

  welcome(where) {
    this.#say(this.#bold('The manyhands kitchen'));
    this.#say(this.#dim(where));
  }

  job(number, total, { name, title }) {
    this.#say();
    this.#say(`${this.#dim(`${number}/${total}`)} ${this.#bold(this.#warm(name))}  ${title}`);
  }

  /** Draws a bar until it is stopped, on a terminal. */
  bar(label) {
    if (!this.#tty) return { update() {}, stop() {} };
    const bar = new SingleBar({
      stream: this.#out,
      clearOnComplete: true,
      hideCursor: true,
      fps: 20,
      format: (_options, { progress, value, total }) => {
        const full = blocks(progress, BAR_WIDTH).padEnd(BAR_WIDTH, this.#colours ? ' ' : '.');
        const body = this.#colours ? `\x1b[33;100m${full}\x1b[0m` : full;
        return `    ${label.padEnd(LABEL_WIDTH)}${body}  ${value}/${total}`;
      },
    });
    this.#bar = bar;
    bar.start(1, 0);
    return {
      update: ({ done, total }) => {
        bar.setTotal(total);
        bar.update(done);
      },
      stop: () => this.clearBar(),
    };
  }

  clearBar() {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  ran(label, ms, remark) {
    const time = seconds(ms).padStart(9);
    this.#say(
      `    ${label.padEnd(LABEL_WIDTH)}${this.#bold(time)}${remark ? this.#dim(`   ${remark}`) : ''}`,
    );
  }

  beside(label, ms, same) {
    const verdict = same ? '' : this.#bad('   wrong result');
    this.#say(
      `    ${this.#dim('beside it'.padEnd(LABEL_WIDTH))}${seconds(ms).padStart(9)}${this.#dim(`   ${label}`)}${verdict}`,
    );
  }

  /** How the job ended. */
  verdict({ error, same, shown, name }) {
    if (error !== undefined) {
      this.#say(`    ${this.#bad(`✗ ${name} failed: ${oneLine(error)}`)}`);
      return;
    }
    const text = same
      ? this.#good('✓ equal to the result of this thread')
      : this.#bad('✗ not equal to the result of this thread');
    this.#say(`    ${text}`);
    for (const line of shown.lines) this.#say(`    ${this.#dim('·')} ${line}`);
  }

  /** The table at the end. */
  summary(dishes, workers, remark, report) {
    const best = Math.max(workers, ...dishes.map(({ one, all }) => (all ? one.ms / all.ms : 0)));
    this.#say();
    const head = [
      'job'.padEnd(9),
      ...['this thread', '1 worker', ...(workers > 1 ? [workersOf(workers), 'speed-up'] : [])].map((text) =>
        text.padStart(12),
      ),
    ];
    this.#say(this.#dim(`  ${head.join('')}`));
    for (const dish of dishes) {
      const mark = succeeded(dish) ? this.#good('✓') : this.#bad('✗');
      if (dish.error !== undefined) {
        this.#say(`${mark} ${dish.name.padEnd(9)}${this.#bad('failed'.padStart(12))}`);
        continue;
      }
      const { alone, one, all } = dish;
      const runs = [alone, one, ...(workers > 1 ? [all] : [])];
      const times = runs.map(({ ms }) => seconds(ms).padStart(12)).join('');
      const speedup = one.ms / all.ms;
      const drawn = this.#tty ? `  ${this.#warm(blocks(speedup / best, 20))}` : '';
      const compared = workers > 1 ? `${`${speedup.toFixed(2)} ×`.padStart(12)}${drawn}` : '';
      this.#say(`${mark} ${dish.name.padEnd(9)}${times}${compared}`);
    }
    if (remark) this.#say(this.#dim(`\n  ${remark}`));
    this.#say();
    this.#say(`Report: ${this.#bold(report)}`);
  }
}
