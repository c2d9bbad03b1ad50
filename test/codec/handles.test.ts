import { describe, expect, test } from 'vitest';
import { decode, encode, registerArrayHandle, registerHandle } from '../../src/codec';
import { ClosedError, DecodeError, NotShareableError } from '../../src/errors';

const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
const opened = new Map<number, Lamp>();

class Lamp {
  #secret = 1;
  constructor(readonly address: number) {}
  get secret() {
    return this.#secret;
  }
}
class DeskLamp extends Lamp {}

registerHandle<Lamp>({
  tag: 'lamp',
  ctor: Lamp,
  toRecord: (lamp) => [lamp.address, 'on'],
  fromRecord: ([address]) => {
    if (typeof address !== 'number') throw new TypeError('no address');
    if (address === 13) throw new ClosedError('gone');
    const lamp = opened.get(address) ?? new Lamp(address);
    opened.set(address, lamp);
    return lamp;
  },
});
registerHandle<{ duck: number }>({
  tag: 'duck',
  match: (value) => 'duck' in value && Object.getPrototypeOf(value) !== Object.prototype,
  toRecord: (value) => [value.duck, decode(encode({ nested: true }))],
  fromRecord: ([duck]) => ({ duck: duck as number }),
});
registerArrayHandle({
  match: (view) => view.buffer === memory.buffer,
  toRecord: (view) => [view.constructor.name, view.byteOffset, (view as Uint8Array).length],
  fromRecord: ([name, address, length]) => {
    if (name !== 'Float64Array') throw new TypeError('no such array');
    return new Float64Array(memory.buffer, address as number, length as number);
  },
});

describe('handles', () => {
  test('nested everywhere, one live thing', () => {
    const lamp = new Lamp(64);
    const [a, b, c, d] = decode(encode([lamp, { lamp }, new Map([[lamp, lamp]]), new Set([lamp])])) as [
      Lamp,
      { lamp: Lamp },
      Map<Lamp, Lamp>,
      Set<Lamp>,
    ];
    expect(a).toBe(opened.get(64));
    expect(b.lamp).toBe(a);
    expect(c.get(a)).toBe(a);
    expect(d.has(a)).toBe(true);
    expect(a.secret).toBe(1);
  });
  test('subclasses and matched ones', () => {
    expect(decode(encode(new DeskLamp(8)))).toBeInstanceOf(Lamp);
    expect(
      decode(
        encode([
          new (class {
            duck = 4;
          })(),
        ]),
      ),
    ).toEqual([{ duck: 4 }]);
  });
  test('a record that its type refuses', () => {
    expect(() => decode(encode(new Lamp('x' as never)))).toThrow(DecodeError);
    expect(() => decode(encode(new Lamp(13)))).toThrow(ClosedError);
    expect(decode(encode([1]))).toEqual([1]);
  });
  test('a record that cannot travel', () => {
    expect(() => encode({ lamp: new Lamp((() => 1) as never) }, '')).toThrow(NotShareableError);
  });
  test('a tag that nobody registered', () => {
    const bytes = encode(new Lamp(64)).slice();
    bytes[bytes.indexOf(0x6c)] = 0x6d;
    expect(() => decode(bytes)).toThrow('this thread knows no class "mamp"');
  });
});

describe('arrays over the shared heap', () => {
  test('travel by address', () => {
    const view = new Float64Array(memory.buffer, 128, 1000);
    view[0] = 1;
    const bytes = encode({ view, again: view });
    expect(bytes.length).toBeLessThan(80);
    const result = decode(bytes) as { view: Float64Array; again: Float64Array };
    result.view[0] = 2.5;
    expect([view[0], result.view.byteOffset, result.view.length]).toEqual([2.5, 128, 1000]);
    expect(result.again).toBe(result.view);
  });
});
