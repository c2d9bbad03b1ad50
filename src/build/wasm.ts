// Reads and rewrites the section list of a WebAssembly binary: just enough to move a module's data segments into
// a custom section, so that an instance no longer writes them.

/** A section: its id and its contents without the length. */
export interface Section {
  id: number;
  body: Uint8Array;
}

const DATA = 11;
const DATA_COUNT = 12;
const CUSTOM = 0;
const I32_CONST = 0x41;
const END = 0x0b;

/** Static data of a module: bytes and the address where they belong. */
export interface StaticData {
  address: number;
  bytes: Uint8Array;
}

class Reader {
  at = 0;
  constructor(readonly bytes: Uint8Array) {}
  /** An unsigned LEB128 number. */
  u32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }
  /** A signed LEB128 number, taken modulo 2³². */
  address(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (shift < 25 && byte & 0x40 ? value | (-1 << (shift + 7)) : value) >>> 0;
    }
  }
  take(length: number): Uint8Array {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

function leb(value: number): number[] {
  const out: number[] = [];
  do {
    const byte = value & 0x7f;
    value >>>= 7;
    out.push(value === 0 ? byte : byte | 0x80);
  } while (value !== 0);
  return out;
}

/** The sections of a binary, in order. */
export function readSections(binary: Uint8Array): Section[] {
  const reader = new Reader(binary);
  reader.at = 8;
  const sections: Section[] = [];
  while (reader.at < binary.length) {
    const id = binary[reader.at++];
    sections.push({ id, body: reader.take(reader.u32()) });
  }
  return sections;
}

/** The binary of these sections. */
export function writeSections(sections: Section[]): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0)];
  for (const { id, body } of sections) parts.push(Uint8Array.of(id, ...leb(body.length)), body);
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** A custom section. */
export function customSection(name: string, contents: Uint8Array): Section {
  const label = new TextEncoder().encode(name);
  const body = new Uint8Array(1 + label.length + contents.length);
  body[0] = label.length;
  body.set(label, 1);
  body.set(contents, 1 + label.length);
  return { id: CUSTOM, body };
}

/** Takes the data segments out of a binary: the sections without them, and the data. */
export function extractData(binary: Uint8Array): { sections: Section[]; data: StaticData[] } {
  const data: StaticData[] = [];
  const sections: Section[] = [];
  for (const section of readSections(binary)) {
    if (section.id === DATA_COUNT) continue;
    if (section.id !== DATA) {
      sections.push(section);
      continue;
    }
    const reader = new Reader(section.body);
    for (let left = reader.u32(); left > 0; left--) {
      const flags = reader.u32();
      if (flags !== 0 || reader.bytes[reader.at++] !== I32_CONST) {
        throw new Error('Cannot move static data: a data segment without a constant address');
      }
      const address = reader.address();
      if (reader.bytes[reader.at++] !== END) throw new Error('Cannot move static data: a computed address');
      data.push({ address, bytes: reader.take(reader.u32()).slice() });
    }
  }
  return { sections, data };
}
