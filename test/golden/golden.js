// Reads the cases of kernels.js, and says how a result differs from what a case wants. Runs wherever JavaScript does.

import cases from './kernels.js';

const CLASSES = {
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
};

/** A value of a case: what JSON does not have is a [type, text] pair. */
function read(value) {
  if (!Array.isArray(value)) {
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, read(item)]));
  }
  const [type, text] = value;
  if (type === 'list') return text.map(read);
  if (type === 'map') return new Map(text.map(([key, item]) => [read(key), read(item)]));
  if (type === 'number') return Number(text);
  if (type === 'bigint') return BigInt(text);
  if (type === 'class') return CLASSES[text];
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return new CLASSES[type](bytes.buffer);
}

/** All cases by kernel: { kernel, args, want, near, line }, the arguments anew for every call of `args`. */
export function goldenCases() {
  const kernels = new Map();
  cases.forEach(([kernel, args, want, near = 0], line) => {
    if (!kernels.has(kernel)) kernels.set(kernel, []);
    kernels.get(kernel).push({ args: () => args.map(read), want: read(want), near, line: line + 3 });
  });
  return kernels;
}

function ulp(x) {
  return 2 ** Math.max(-1074, Math.floor(Math.log2(Math.abs(x) || 2 ** -1074)) - 52);
}

/** How far an element may be off. */
function allowance(near, want, isSingle) {
  if (typeof near === 'number') return near;
  return Number.parseInt(near, 10) * ulp(want) * (isSingle ? 2 ** 29 : 1);
}

/** What differs, in words; undefined if nothing does. NaNs are all alike, and so are zeros where `near` allows it. */
export function difference(actual, want, near, path = 'result') {
  const differ = () => `${path} is ${String(actual)}, wanted ${String(want)} (near: ${near})`;
  if (typeof want === 'number' && typeof actual === 'number') {
    if (Object.is(actual, want)) return undefined;
    const allowed = near === 0 ? -1 : allowance(near, want, path.startsWith('Float32Array'));
    return Math.abs(actual - want) <= allowed ? undefined : differ();
  }
  if (typeof want !== 'object' || want === null || typeof actual !== 'object' || actual === null)
    return Object.is(actual, want) ? undefined : differ();
  if (want instanceof Map) return difference([...actual], [...want], near, path);
  const isArray = ArrayBuffer.isView(want);
  if (isArray && actual.constructor !== want.constructor)
    return `${path} is a ${actual.constructor.name}, wanted a ${want.constructor.name}`;
  if ((isArray || Array.isArray(want)) && actual.length !== want.length)
    return `${path} has the length ${actual.length}, wanted ${want.length}`;
  for (const key of Object.keys(want)) {
    const found = difference(
      actual[key],
      want[key],
      near,
      `${isArray ? want.constructor.name : path}.${key}`,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}
