// Word count of Moby-Dick by map-reduce: parts of the text are counted by tasks, the counts merged as they come.

import { sharedArray, tasks } from 'manyhands';
import * as kernels from 'manyhands/kernels';
import { clocked, now } from '../clock.js';
import { readUtf8 } from '../inputs.js';
import { html } from '../report/html.js';

const FILE = 'moby-dick.txt';
/** Parts of the text for each worker: more even out the work, fewer have fewer words to merge. */
const PARTS_EACH = 2;
const SHOWN = 20;
const LINE_FEED = 10;
/** Letters and digits, with apostrophes inside: "whale", "don’t", "1851". */
const WORD = /[\p{L}\p{N}]+(?:[’'][\p{L}\p{N}]+)*/gu;

function countWords(text) {
  const counts = new Map();
  for (const [word] of text.toLowerCase().matchAll(WORD)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

export const { countPart } = tasks(import.meta.url, {
  // Decoders refuse shared memory in some runtimes, hence the slice.
  countPart: clocked((part) => countWords(new TextDecoder().decode(part.slice()))),
});

/** Adds the counts of `from` to those of `into`. */
function merge(into, from) {
  for (const [word, count] of from) into.set(word, (into.get(word) ?? 0) + count);
  return into;
}

/** Most frequent first, then by the alphabet. */
function ranked(counts) {
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

/** Parts of about one size that end where a line ends, so that no word is cut. */
function cutAtLines(bytes, parts) {
  const cuts = [0];
  for (let i = 1; i < parts; i++) {
    const at = bytes.indexOf(LINE_FEED, Math.floor((i * bytes.length) / parts)) + 1;
    if (at > cuts.at(-1)) cuts.push(at);
  }
  return cuts.map((begin, i) => bytes.subarray(begin, cuts[i + 1] ?? bytes.length));
}

/** @type {import('./index.js').Job} */
export const words = {
  name: 'words',
  title: 'Words of Moby-Dick, by map-reduce',

  async prepare({ data }) {
    const bytes = sharedArray(Uint8Array, await readUtf8(data, FILE));
    return { bytes };
  },

  warm: (pool) => pool.broadcast(countPart, [new TextEncoder().encode('Call me Ishmael.')]),

  alone({ bytes }, progress) {
    const counts = countWords(new TextDecoder().decode(bytes.slice()));
    progress({ done: 1, total: 1 });
    return counts;
  },

  async together({ bytes }, { pool, progress, note }) {
    const parts = cutAtLines(bytes, PARTS_EACH * pool.processes);
    const counts = new Map();
    let done = 0;
    for await (const stamped of pool.imapUnordered(countPart, parts)) {
      merge(counts, note(stamped));
      progress({ done: ++done, total: parts.length });
    }
    return counts;
  },

  /** The kernel's words are those of `wc -w`: what stands between spaces. */
  async beside({ bytes }, pool) {
    const { wordCount } = kernels;
    if (wordCount === undefined) return [];
    const plain = new Map();
    for (const [word] of new TextDecoder().decode(bytes.slice()).matchAll(/[^ \t\n\v\f\r]+/g)) {
      plain.set(word, (plain.get(word) ?? 0) + 1);
    }
    const start = now();
    const counts = await wordCount(bytes, { pool });
    const ms = now() - start;
    const same =
      counts.size === plain.size && [...plain].every(([word, count]) => counts.get(word) === count);
    return [{ label: 'wordCount(bytes, { pool }), words as "wc -w" has them', ms, same }];
  },

  show(_input, { result: counts }) {
    const result = ranked(counts);
    const total = result.reduce((sum, [, count]) => sum + count, 0);
    const whale = result.findIndex(([word]) => word === 'whale');
    const rank = whale < 0 ? 'not among them' : `number ${whale + 1}, ${result[whale][1]} times`;
    const line = `${total.toLocaleString('en')} words, ${result.length.toLocaleString('en')} different; "whale" is ${rank}`;
    const long = result.filter(([word]) => word.length >= 5).slice(0, SHOWN);
    const most = Math.max(...long.map(([, count]) => count));
    return {
      lines: [line],
      html: html`<p>${line}. The most frequent of five letters or more:</p>
<ol class="bars">${long.map(
        ([word, count]) =>
          html`<li><span>${word}</span><i style="--share:${Math.round((100 * count) / most)}%"></i><b>${count}</b></li>`,
      )}</ol>`,
    };
  },
};
