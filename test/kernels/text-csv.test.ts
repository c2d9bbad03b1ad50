import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CsvOptions, parseCsvNumbers, parseCsvNumbersSync } from '../../src/kernels/text';
import { onHeap, random, SEED, shufflingPool } from './_shuffle';

/** Records of fields, as Python's csv module reads them; blank lines left out. */
function records(text: string, delimiter = ','): string[][] {
  const found: string[][] = [];
  let row: string[] = [];
  let field = '';
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  let isQuoted = false; // an empty quoted field is a record, an empty line is none
  const endRecord = (isReturned: boolean) => {
    if (isReturned) field = field.slice(0, -1);
    if (row.length > 0 || field !== '' || state !== 'start') {
      if (row.length > 0 || field !== '' || state !== 'plain' || isQuoted) found.push([...row, field]);
    }
    [row, field, state] = [[], '', 'start'];
    isQuoted = false;
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (state === 'quoted') {
      if (c === '"') state = 'closed';
      else field += c;
    } else if (c === '"' && state === 'start') {
      state = 'quoted';
      isQuoted = true;
    } else if (c === '"' && state === 'closed') {
      field += c;
      state = 'quoted';
    } else if (c === delimiter) {
      row.push(field);
      [field, state] = ['', 'start'];
    } else if (c === '\n') endRecord((state === 'plain' || state === 'closed') && text[i - 1] === '\r');
    else {
      field += c;
      state = 'plain';
    }
  }
  if (row.length > 0 || field !== '' || state !== 'start') found.push([...row, field]);
  return found;
}

const NUMBER = /^[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|Infinity)$/;
const numberOf = (field: string) => {
  const trimmed = field.replace(/^[ \t]+|[ \t]+$/g, '');
  return NUMBER.test(trimmed) ? Number(trimmed) : Number.NaN;
};

function expectNumbers(text: string, options: CsvOptions = {}): void {
  const all = records(text, options.delimiter);
  const wanted = all.flatMap((row) => row.map(numberOf));
  const { data, rows, cols } = parseCsvNumbersSync(text, options);
  expect([rows, cols]).toEqual([all.length, all[0]?.length ?? 0]);
  for (let i = 0; i < wanted.length; i++) {
    if (!Object.is(data[i], wanted[i]))
      expect(`${i}: ${data[i]}`).toBe(`${i}: ${wanted[i]} of ${all.flat()[i]}`);
  }
}

describe('parseCsvNumbers', () => {
  it.each([
    '1,2\n3,4',
    '1,2\r\n3,4\r\n',
    '\n\n1,2\n\r\n\n3,4\n\n',
    '1',
    ',',
    ' 1 ,\t2\t\n -3,+4 ',
    '"1","2"\n"3",4',
    '"1\n","2,5"\n"3"4,"5""6"',
    '1,"2\n3',
    'a"1",2\n3,4',
    '""\n1',
    '"1" ,2\n" 3 ","4"\r\n',
    '1\r,2\n3,4\r',
    '1.,.5\n.,-.5e1\n1e,1e+\nInfinity,-Infinity\n+Infinity,infinity\nNaN,0x10\n1_0,1e5.5',
    '\ufeff1,2',
  ])('reads %j', (text) => {
    expectNumbers(text.replace('\ufeff', ''));
    expect(parseCsvNumbersSync(text)).toEqual(parseCsvNumbersSync(text.replace('\ufeff', '')));
  });

  it.each([
    '0',
    '-0',
    '1',
    '9007199254740993',
    '9007199254740992.99',
    '123456789012345678901234567890',
    '1e22',
    '1e23',
    '8.5e-22',
    '1.7976931348623157e308',
    '1.7976931348623159e308',
    '1e309',
    '-1e400',
    '4.9e-324',
    '2.4703282292062327e-324',
    '2.4703282292062328e-324',
    '2.2250738585072011e-308',
    '2.2250738585072014e-308',
    '1e-400',
    '1e-1000000000000',
    '0e999999999999',
    '0.1',
    '0.30000000000000004',
    '3.141592653589793238462643383279',
    '0000000000000000000000000000001.5',
    '0.000000000000000000000000000000000000000000123',
    '100000000000000000000000000000000',
    '5e-324',
    '6.02214076e23',
    '7.2057594037927933e16',
    '9214843084008499',
    '1.00000000000000011102230246251565404236316680908203125',
    '1.00000000000000011102230246251565404236316680908203124',
    '1.00000000000000011102230246251565404236316680908203126',
  ])('has the bits of Number for %s', (number) => {
    expectNumbers(number);
    expectNumbers(`-${number}`.replace('--', '+'));
  });

  it('has the bits of Number for any number', () => {
    const double = fc.double({ noNaN: true });
    const digits = fc.stringMatching(/^[0-9]{1,25}$/);
    const written = fc
      .tuple(digits, digits, fc.integer({ min: -345, max: 320 }))
      .map(([a, b, e]) => `${a}.${b}e${e}`);
    const field = fc.oneof(
      double.map(String),
      double.map((x) => x.toPrecision(17)),
      written,
    );
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 30 }), (fields) => {
        expectNumbers(fields.join(','));
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it('splits whatever characters there are', () => {
    const character = fc.constantFrom('"', '"', ',', '\n', '\r', '1', '2', ' ', 'e', '.', '-');
    fc.assert(
      fc.property(fc.array(character, { maxLength: 40 }), (characters) => {
        const text = characters.join('');
        const all = records(text);
        if (all.every((row) => row.length === all[0].length)) expectNumbers(text);
        else expect(() => parseCsvNumbersSync(text)).toThrow(/line \d+ has to have \d+ fields, came \d+/);
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });

  it.each([false, true])('reads many pieces, whoever does them (quotes: %s)', async (isQuoted) => {
    const next = random(SEED);
    const lines = Array.from({ length: 12_000 }, (_, i) => {
      const cells = [i, next() * 1e6, -next(), (next() * 1e-9).toPrecision(12)];
      return cells
        .map((cell) => (isQuoted && next() < 0.3 ? `"${next() < 0.3 ? '\n' : ''}${cell}"` : cell))
        .join(',');
    });
    const text = `${lines.join('\n')}\n`;
    const wanted = Float64Array.from(records(text).flatMap((row) => row.map(numberOf)));
    const result = await parseCsvNumbers(text, { pool: shufflingPool(SEED) });
    expect([result.rows, result.cols]).toEqual([12_000, 4]);
    expect(Buffer.from(result.data.buffer).equals(Buffer.from(wanted.buffer))).toBe(true);
    await onHeap(new TextEncoder().encode(text), 3, async (shared) => {
      expect(await parseCsvNumbers(shared)).toEqual(result);
    });
  });

  it('takes a field that is longer than a piece', async () => {
    const text = `1,"${'x\n'.repeat(200_000)}"\n2,3\n`;
    const result = await parseCsvNumbers(text, { pool: shufflingPool(SEED) });
    expect(result).toEqual({ data: Float64Array.of(1, Number.NaN, 2, 3), rows: 2, cols: 2 });
  });

  it('gives names, and the columns that are wanted', () => {
    const text = '\n a ,"b,c",d\n1,2,3\n4,5,6\n';
    expect(parseCsvNumbersSync(text, { header: true })).toEqual({
      data: Float64Array.of(1, 2, 3, 4, 5, 6),
      rows: 2,
      cols: 3,
      header: ['a', 'b,c', 'd'],
    });
    expect(parseCsvNumbersSync(text, { header: true, columns: [2, 0, 2] })).toEqual({
      data: Float64Array.of(3, 1, 3, 6, 4, 6),
      rows: 2,
      cols: 3,
      header: ['d', 'a', 'd'],
    });
    expect(parseCsvNumbersSync('1;2\n3;4', { delimiter: ';', columns: [1] }).data).toEqual(
      Float64Array.of(2, 4),
    );
    expect(parseCsvNumbersSync('1\t 2', { delimiter: '\t' }).data).toEqual(Float64Array.of(1, 2));
    expect(parseCsvNumbersSync('a,b', { header: true })).toEqual({
      data: new Float64Array(0),
      rows: 0,
      cols: 2,
      header: ['a', 'b'],
    });
    expect(parseCsvNumbersSync('')).toEqual({ data: new Float64Array(0), rows: 0, cols: 0 });
  });

  it('rounds what lies halfway between two numbers to the even one', () => {
    const next = random(SEED);
    const fields = ['7220652476047229.5', '9007199254740993', '9007199254740995.000', '4503599627370497.50'];
    for (let i = 0; i < 5000; i++) {
      // An odd number of 54 bits over a power of two: halfway, and its digits end.
      const odd = (2n ** 53n + BigInt(Math.floor(next() * 2 ** 52)) * 2n) | 1n;
      const halvings = Math.floor(next() * 5);
      const digits = (odd * 5n ** BigInt(halvings)).toString();
      fields.push(`${digits.slice(0, digits.length - halvings)}.${digits.slice(digits.length - halvings)}`);
    }
    expectNumbers(`${fields.join('\n')}\n`);
    expectNumbers(fields.map((field) => `"${field}"`).join('\n'));
  });

  it('takes delimiters that are parts of numbers', () => {
    for (const delimiter of ['.', '-', '+', 'e', '0', '5', ' ', '\t', ';'])
      expectNumbers(`12${delimiter}34\n`.repeat(40), { delimiter });
  });

  it('reads plain numbers of every length, and what only looks like one', () => {
    const next = random(SEED);
    const digits = (n: number) => Array.from({ length: n }, () => Math.floor(next() * 10)).join('');
    const fields: string[] = [];
    for (let whole = 0; whole <= 21; whole++) {
      for (let part = 0; part <= 21; part++) {
        for (const sign of ['', '-', '+']) fields.push(`${sign}${digits(whole)}.${digits(part)}`);
        fields.push(digits(whole), `${digits(whole)}.${digits(part)}e${part}`);
        fields.push(`0.${'0'.repeat(whole)}${digits(part)}`);
      }
    }
    for (const c of '/:;.-e \r\0é') {
      fields.push(`1${c}2`, `1.2${c}3`, `1.23456789${c}`, `${c}1`, `-${c}1`);
    }
    const kept = fields.filter((field) => field !== '');
    expectNumbers(`${kept.join('\n')}\n`);
    expectNumbers(kept.join('\r\n'));
    expectNumbers(kept.map((field) => `${field},"${field}",1`).join('\n'));
  });

  it('names the line of a record with another number of fields', () => {
    expect(() => parseCsvNumbersSync('1,2\n\n"3\n",4\n5\n')).toThrow(
      new RangeError('Cannot run parseCsvNumbers: line 5 has to have 2 fields, came 1'),
    );
    expect(() => parseCsvNumbersSync('a,b\n1,2,3', { header: true })).toThrow(
      /line 2 has to have 2 fields, came 3/,
    );
  });

  it.each([
    [TypeError, 5, {}],
    [TypeError, '1', { delimiter: 5 }],
    [RangeError, '1', { delimiter: '' }],
    [RangeError, '1', { delimiter: ',,' }],
    [RangeError, '1', { delimiter: '"' }],
    [RangeError, '1', { delimiter: 'ä' }],
    [TypeError, '1', { header: 1 }],
    [TypeError, '1', { columns: 0 }],
    [TypeError, '1', { columns: ['0'] }],
    [RangeError, '1', { columns: [1] }],
    [RangeError, '1', { columns: [-1] }],
  ])('rejects with %o (case %#)', async (error, text, options) => {
    await expect(parseCsvNumbers(text as never, options as never)).rejects.toThrow(error);
    expect(() => parseCsvNumbersSync(text as never, options as never)).toThrow(
      /^Cannot run parseCsvNumbers: "/,
    );
  });
});
