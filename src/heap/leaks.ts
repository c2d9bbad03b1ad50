// Under MANYHANDS_DEBUG=1: what the program leaves on the heap when it ends.

import { runtime } from '../runtime/runtime';

const reports: Array<() => string[]> = [];

/** Adds what a part of the package has to say when the program ends. */
export function onExitReport(lines: () => string[]): void {
  reports.push(lines);
}

/** Called once, by the thread that made the heap, under debug. */
export function reportAtExit(first: () => string[]): void {
  reports.unshift(first);
  runtime().onExit?.(() => {
    const lines = reports.flatMap((report) => report());
    if (lines.length > 0) console.error(`manyhands: at exit\n${lines.map((line) => `  ${line}`).join('\n')}`);
  });
}
