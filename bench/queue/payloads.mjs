/** What is sent in the queue benches, the same for all: the i-th message of a kind, and a number drawn from it. */
const block1k = new Uint8Array(1024).fill(1);
const block64k = new Uint8Array(65536).fill(1);

export const PAYLOADS = {
  numbers: { make: (i) => i + 0.5, read: (x) => x },
  pairs: { make: (i) => [i, 0.5], read: (pair) => pair[0] + pair[1] },
  objects: {
    make: (i) => ({ id: i, name: 'soup', price: 4.5, done: false }),
    read: (dish) => dish.id + dish.price,
  },
  '1 KiB': {
    make(i) {
      block1k[0] = i;
      return block1k;
    },
    read: (bytes) => bytes[0] + bytes.length,
  },
  '64 KiB': {
    make(i) {
      block64k[0] = i;
      return block64k;
    },
    read: (bytes) => bytes[0] + bytes.length,
  },
};
