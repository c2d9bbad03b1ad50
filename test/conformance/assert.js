// Assertions for the conformance suite: few, portable, with messages that show both sides.

class AssertionError extends Error {
  constructor(message) {
    super(message);
    this.name = 'AssertionError';
  }
}

/** A value in words, short enough for a message. */
export function show(value) {
  try {
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'function') return `function ${value.name}`;
    if (Object.is(value, -0)) return '-0';
    if (typeof value !== 'object' || value === null)
      return typeof value === 'string' ? JSON.stringify(value) : String(value);
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    if (value instanceof Map || value instanceof Set) return `${tag}(${value.size}) ${show([...value])}`;
    const json = JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? `${item}n` : item)) ?? '';
    return `${tag === 'Object' || tag === 'Array' ? '' : `${tag} `}${json.slice(0, 300)}`;
  } catch {
    return Object.prototype.toString.call(value);
  }
}

export function fail(message) {
  throw new AssertionError(message);
}

export function ok(value, message = `wanted something true, came ${show(value)}`) {
  if (!value) fail(message);
}

/** The same value, as Object.is sees it. */
export function equal(actual, expected, what = 'value') {
  if (!Object.is(actual, expected)) fail(`${what}: wanted ${show(expected)}, came ${show(actual)}`);
}

/** The text contains the part. */
export function includes(text, part) {
  if (typeof text !== 'string' || !text.includes(part))
    fail(`wanted a text with ${show(part)}, came ${show(text)}`);
}

/** The same structure, types, order and cycles. */
export function deepEqual(actual, expected, what = 'value') {
  const difference = compare(actual, expected, 'value', new Map());
  if (difference !== undefined) fail(`${what}: ${difference}`);
}

const tagOf = (value) => Object.prototype.toString.call(value);

function compare(actual, expected, path, seen) {
  if (Object.is(actual, expected)) return undefined;
  const differ = `${path} is ${show(actual)}, wanted ${show(expected)}`;
  if (typeof actual !== 'object' || typeof expected !== 'object' || actual === null || expected === null)
    return differ;
  if (tagOf(actual) !== tagOf(expected)) return `${differ} (${tagOf(actual)} for ${tagOf(expected)})`;
  if (seen.has(expected))
    return seen.get(expected) === actual ? undefined : `${path} is another reference than in the original`;
  seen.set(expected, actual);
  if (expected instanceof Date) return Object.is(actual.getTime(), expected.getTime()) ? undefined : differ;
  if (expected instanceof RegExp) return String(actual) === String(expected) ? undefined : differ;
  if (
    ['[object Number]', '[object String]', '[object Boolean]', '[object BigInt]'].includes(tagOf(expected))
  ) {
    return Object.is(actual.valueOf(), expected.valueOf()) ? undefined : differ;
  }
  if (expected instanceof ArrayBuffer)
    return compareBytes(new Uint8Array(actual), new Uint8Array(expected), path);
  if (expected instanceof Float32Array || expected instanceof Float64Array) {
    // NaN is NaN, whatever its bits.
    if (actual.length !== expected.length)
      return `${path} has ${actual.length} elements, wanted ${expected.length}`;
    const at = expected.findIndex((value, index) => !Object.is(value, actual[index]));
    return at < 0 ? undefined : `${path}[${at}] is ${show(actual[at])}, wanted ${show(expected[at])}`;
  }
  if (ArrayBuffer.isView(expected)) {
    const bytes = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    return compareBytes(bytes(actual), bytes(expected), path);
  }
  if (expected instanceof Map) {
    return compare([...actual.entries()], [...expected.entries()], `${path}.entries`, seen);
  }
  if (expected instanceof Set) return compare([...actual], [...expected], `${path}.values`, seen);
  if (expected instanceof Error) {
    for (const key of ['name', 'message']) if (actual[key] !== expected[key]) return differ;
    return compare(actual.cause, expected.cause, `${path}.cause`, seen);
  }
  if (Array.isArray(expected) && actual.length !== expected.length)
    return `${path} has ${actual.length} elements, wanted ${expected.length}`;
  const keys = Object.keys(expected);
  const others = Object.keys(actual);
  if (keys.length !== others.length || keys.some((key) => !Object.hasOwn(actual, key))) {
    return `${path} has the keys ${show(others)}, wanted ${show(keys)}`;
  }
  for (const key of keys) {
    const difference = compare(actual[key], expected[key], `${path}.${key}`, seen);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function compareBytes(actual, expected, path) {
  if (actual.length !== expected.length)
    return `${path} has ${actual.length} bytes, wanted ${expected.length}`;
  const at = expected.findIndex((byte, index) => byte !== actual[index]);
  return at < 0 ? undefined : `${path} differs at byte ${at}: ${actual[at]}, wanted ${expected[at]}`;
}

function checkError(error, wanted) {
  const { type, code, text, fields = {} } = wanted;
  if (type !== undefined && !(error instanceof type))
    fail(`wanted ${type.name}, came ${show(error)}\n${error?.stack ?? ''}`);
  if (code !== undefined) equal(error.code, code, 'code');
  for (const part of text === undefined ? [] : [text].flat()) includes(error.message, part);
  for (const [key, value] of Object.entries(fields)) deepEqual(error[key], value, key);
  return error;
}

/** The promise rejects with an error of that `type`, `code`, with those `text`s and `fields`; returns the error. */
export async function rejects(promise, wanted = {}) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return checkError(error, wanted);
  }
  fail(`wanted ${wanted.type?.name ?? 'an error'}, came the result ${show(value)}`);
}

/** The function throws, as {@link rejects} has it. */
export function throws(body, wanted = {}) {
  let value;
  try {
    value = body();
  } catch (error) {
    return checkError(error, wanted);
  }
  fail(`wanted ${wanted.type?.name ?? 'an error'}, came the result ${show(value)}`);
}
