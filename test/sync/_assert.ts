// What _kernel-cases.ts needs of an assertion library, in a page too.

const show = (value: unknown): string => JSON.stringify(value) ?? String(value);

export function ok(value: unknown, what = 'value'): asserts value {
  if (!value) throw new Error(`${what}: wanted something true, came ${show(value)}`);
}

export function equal(actual: unknown, wanted: unknown, what = 'value'): void {
  if (!Object.is(actual, wanted)) throw new Error(`${what}: wanted ${show(wanted)}, came ${show(actual)}`);
}

/** Of arrays of plain values. */
export function deepEqual(actual: unknown, wanted: unknown, what = 'value'): void {
  equal(show(actual), show(wanted), what);
}

export function match(text: string, pattern: RegExp, what = 'text'): void {
  if (!pattern.test(text)) throw new Error(`${what}: wanted ${pattern}, came ${text}`);
}

export function throws(body: () => unknown, pattern: RegExp): void {
  let message = 'nothing was thrown';
  try {
    body();
  } catch (error) {
    message = String(error);
  }
  match(message, pattern);
}
