// Rows of 32-bit numbers, each held once and known by its index: the explorer's memory contents and states. Rows
// are compared in full, so nothing rests on a hash. Zeros do not count into the hash: a table can be widened.

export class RowTable {
  count = 0;
  #width: number;
  #rows: Int32Array;
  #hashes: Int32Array;
  #slots: Int32Array;

  constructor(width: number) {
    this.#width = width;
    this.#rows = new Int32Array(width * 1024);
    this.#hashes = new Int32Array(1024);
    this.#slots = new Int32Array(4096).fill(-1);
  }

  get width(): number {
    return this.#width;
  }

  /** The index of the row; a new one if it was not there. */
  intern(row: Int32Array): number {
    const width = this.#width;
    let hash = 0;
    for (let i = 0; i < width; i++) {
      const value = row[i];
      if (value !== 0) {
        let mixed = Math.imul(value ^ Math.imul(i + 1, 0x9e3779b1), 0x85ebca6b);
        mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35);
        hash = (hash + (mixed ^ (mixed >>> 13))) | 0;
      }
    }
    const mask = this.#slots.length - 1;
    let at = hash & mask;
    while (true) {
      const index = this.#slots[at];
      if (index < 0) break;
      if (this.#hashes[index] === hash && this.#equals(index * width, row)) return index;
      at = (at + 1) & mask;
    }
    const index = this.count++;
    if (index === this.#hashes.length) this.#grow();
    this.#rows.set(row.length === width ? row : row.subarray(0, width), index * width);
    this.#hashes[index] = hash;
    this.#slots[at] = index;
    if (this.count * 2 > this.#slots.length) this.#rehash();
    return index;
  }

  /** Copies a row into `target`. */
  read(index: number, target: Int32Array): void {
    const from = index * this.#width;
    for (let i = 0; i < this.#width; i++) target[i] = this.#rows[from + i];
  }

  /** Makes rows longer; the new numbers are zero. */
  widen(width: number): void {
    const rows = new Int32Array(this.#hashes.length * width);
    for (let index = 0; index < this.count; index++) {
      rows.set(this.#rows.subarray(index * this.#width, (index + 1) * this.#width), index * width);
    }
    this.#rows = rows;
    this.#width = width;
  }

  #equals(from: number, row: Int32Array): boolean {
    const rows = this.#rows;
    for (let i = 0; i < this.#width; i++) if (rows[from + i] !== row[i]) return false;
    return true;
  }

  #grow(): void {
    this.#rows = lengthen(this.#rows, this.#rows.length * 2);
    this.#hashes = lengthen(this.#hashes, this.#hashes.length * 2);
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let index = 0; index < this.count; index++) {
      let at = this.#hashes[index] & mask;
      while (slots[at] >= 0) at = (at + 1) & mask;
      slots[at] = index;
    }
    this.#slots = slots;
  }
}

/** A list of numbers that grows. */
export class Numbers {
  length = 0;
  #items = new Int32Array(1024);

  push(value: number): void {
    if (this.length === this.#items.length) this.#items = lengthen(this.#items, this.length * 2);
    this.#items[this.length++] = value;
  }

  at(index: number): number {
    return this.#items[index];
  }
}

function lengthen(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(length);
  longer.set(array);
  return longer;
}
