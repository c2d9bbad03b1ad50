// SHA-256 (FIPS 180-4). A piece is SHA_MESSAGES messages, in groups of four that are hashed side by side in the
// lanes of vectors; where one is much longer than the others it goes alone. `messages` has two u32 for each:
// address and length. `constants` has the 64 of the rounds and the 8 of the initial state.

import { SHA_MESSAGES, SHA_ROOM, SHA_TAILS } from "./sizes";

export function sha256(
  begin: i32, end: i32, messages: usize, count: i32, digests: usize, constants: usize, rooms: usize,
): void {
  for (let piece = begin; piece < end; piece++) {
    const room = rooms + <usize>piece * SHA_ROOM;
    const last = min(count, (piece + 1) * SHA_MESSAGES);
    for (let message = piece * SHA_MESSAGES; message < last; message += 4) {
      const entry = messages + (<usize>message << 3);
      const digest = digests + (<usize>message << 5);
      const lanes = min(4, last - message);
      let total: u64 = 0, most: u32 = 0;
      for (let lane = 0; lane < lanes; lane++) {
        writeTail(entry + (<usize>lane << 3), room + SHA_TAILS + (<usize>lane << 7));
        const blocks = blocksOf(load<u32>(entry + (<usize>lane << 3), 4));
        total += blocks;
        most = max(most, blocks);
      }
      // Side by side, a block of all lanes takes as long as two alone (measured).
      if (total > 2 * <u64>most) hashFour(entry, lanes, most, room, digest, constants);
      else for (let lane = 0; lane < lanes; lane++) hashOne(entry, lane, room, digest, constants);
    }
  }
}

/** Blocks of a message with its padding. */
// @ts-ignore: decorator
@inline
function blocksOf(length: u32): u32 {
  return <u32>((<u64>length + 72) >> 6);
}

/** Writes what follows the message's whole blocks: its last bytes, 0x80, zeros and its length in bits. */
function writeTail(entry: usize, tail: usize): void {
  const length = load<u32>(entry, 4);
  const rest = length & 63;
  memory.fill(tail, 0, 128);
  memory.copy(tail, load<usize>(entry) + (length - rest), rest);
  store<u8>(tail + rest, 0x80);
  const bytes: usize = rest < 56 ? 64 : 128;
  store<u64>(tail + bytes - 8, bswap<u64>(<u64>length << 3));
}

/** Where the message's block lies. */
// @ts-ignore: decorator
@inline
function blockAt(entry: usize, tail: usize, block: u32): usize {
  const whole = load<u32>(entry, 4) >> 6;
  return block < whole ? load<usize>(entry) + (<usize>block << 6) : tail + (<usize>(block - whole) << 6);
}

function hashOne(entries: usize, lane: i32, room: usize, digests: usize, constants: usize): void {
  const entry = entries + (<usize>lane << 3);
  const tail = room + SHA_TAILS + (<usize>lane << 7);
  const state = digests + (<usize>lane << 5);
  memory.copy(state, constants + 256, 32);
  const blocks = blocksOf(load<u32>(entry, 4));
  for (let block: u32 = 0; block < blocks; block++) compress(state, blockAt(entry, tail, block), room, constants);
  for (let at = state; at < state + 32; at += 4) store<u32>(at, bswap<u32>(load<u32>(at)));
}

function compress(state: usize, block: usize, words: usize, constants: usize): void {
  for (let at: usize = 0; at < 64; at += 4) store<u32>(words + at, bswap<u32>(load<u32>(block + at)));
  for (let at = words; at < words + 192; at += 4) {
    const x = load<u32>(at, 4), y = load<u32>(at, 56);
    const s0 = rotr<u32>(x, 7) ^ rotr<u32>(x, 18) ^ (x >> 3);
    const s1 = rotr<u32>(y, 17) ^ rotr<u32>(y, 19) ^ (y >> 10);
    store<u32>(at, load<u32>(at) + s0 + load<u32>(at, 36) + s1, 64);
  }
  let a = load<u32>(state), b = load<u32>(state, 4), c = load<u32>(state, 8), d = load<u32>(state, 12);
  let e = load<u32>(state, 16), f = load<u32>(state, 20), g = load<u32>(state, 24), h = load<u32>(state, 28);
  for (let at: usize = 0; at < 256; at += 4) {
    const sum1 = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25);
    const t1 = h + sum1 + (g ^ (e & (f ^ g))) + load<u32>(constants + at) + load<u32>(words + at);
    const sum0 = rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22);
    const t2 = sum0 + ((a & b) | (c & (a | b)));
    h = g; g = f; f = e; e = d + t1;
    d = c; c = b; b = a; a = t1 + t2;
  }
  store<u32>(state, load<u32>(state) + a);
  store<u32>(state, load<u32>(state, 4) + b, 4);
  store<u32>(state, load<u32>(state, 8) + c, 8);
  store<u32>(state, load<u32>(state, 12) + d, 12);
  store<u32>(state, load<u32>(state, 16) + e, 16);
  store<u32>(state, load<u32>(state, 20) + f, 20);
  store<u32>(state, load<u32>(state, 24) + g, 24);
  store<u32>(state, load<u32>(state, 28) + h, 28);
}

// @ts-ignore: decorator
@inline
function rotr4(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shr_u(x, bits), i32x4.shl(x, 32 - bits));
}

/** Up to four messages; a lane that has no block left keeps its state. */
function hashFour(entries: usize, lanes: i32, most: u32, room: usize, digests: usize, constants: usize): void {
  // The lanes beyond the last repeat the first.
  const e1 = lanes > 1 ? entries + 8 : entries, e2 = lanes > 2 ? entries + 16 : entries;
  const e3 = lanes > 3 ? entries + 24 : entries;
  const tails = room + SHA_TAILS;
  const t1 = lanes > 1 ? tails + 128 : tails, t2 = lanes > 2 ? tails + 256 : tails;
  const t3 = lanes > 3 ? tails + 384 : tails;
  const blocks = i32x4(
    blocksOf(load<u32>(entries, 4)), blocksOf(load<u32>(e1, 4)), blocksOf(load<u32>(e2, 4)), blocksOf(load<u32>(e3, 4)),
  );
  let s0 = v128.load32_splat(constants, 256), s1 = v128.load32_splat(constants, 260);
  let s2 = v128.load32_splat(constants, 264), s3 = v128.load32_splat(constants, 268);
  let s4 = v128.load32_splat(constants, 272), s5 = v128.load32_splat(constants, 276);
  let s6 = v128.load32_splat(constants, 280), s7 = v128.load32_splat(constants, 284);
  const swap = i8x16(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
  for (let block: u32 = 0; block < most; block++) {
    const live = i32x4.gt_u(blocks, i32x4.splat(block));
    const p0 = i32x4.extract_lane(live, 0) ? blockAt(entries, tails, block) : tails;
    const p1 = i32x4.extract_lane(live, 1) ? blockAt(e1, t1, block) : tails;
    const p2 = i32x4.extract_lane(live, 2) ? blockAt(e2, t2, block) : tails;
    const p3 = i32x4.extract_lane(live, 3) ? blockAt(e3, t3, block) : tails;
    for (let at: usize = 0; at < 64; at += 4) {
      let word = v128.load32_zero(p0 + at);
      word = v128.load32_lane(p1 + at, word, 1);
      word = v128.load32_lane(p2 + at, word, 2);
      word = v128.load32_lane(p3 + at, word, 3);
      v128.store(room + (at << 2), i8x16.swizzle(word, swap));
    }
    for (let at = room; at < room + 768; at += 16) {
      const x = v128.load(at, 16), y = v128.load(at, 224);
      const sum0 = v128.xor(v128.xor(rotr4(x, 7), rotr4(x, 18)), i32x4.shr_u(x, 3));
      const sum1 = v128.xor(v128.xor(rotr4(y, 17), rotr4(y, 19)), i32x4.shr_u(y, 10));
      v128.store(at, i32x4.add(i32x4.add(v128.load(at), sum0), i32x4.add(v128.load(at, 144), sum1)), 256);
    }
    let a = s0, b = s1, c = s2, d = s3, e = s4, f = s5, g = s6, h = s7;
    for (let at: usize = 0; at < 256; at += 4) {
      const sum1 = v128.xor(v128.xor(rotr4(e, 6), rotr4(e, 11)), rotr4(e, 25));
      const choice = v128.xor(g, v128.and(e, v128.xor(f, g)));
      const fixed = i32x4.add(v128.load32_splat(constants + at), v128.load(room + (at << 2)));
      const x = i32x4.add(i32x4.add(h, sum1), i32x4.add(choice, fixed));
      const sum0 = v128.xor(v128.xor(rotr4(a, 2), rotr4(a, 13)), rotr4(a, 22));
      const majority = v128.or(v128.and(a, b), v128.and(c, v128.or(a, b)));
      h = g; g = f; f = e; e = i32x4.add(d, x);
      d = c; c = b; b = a; a = i32x4.add(x, i32x4.add(sum0, majority));
    }
    s0 = i32x4.add(s0, v128.and(a, live)); s1 = i32x4.add(s1, v128.and(b, live));
    s2 = i32x4.add(s2, v128.and(c, live)); s3 = i32x4.add(s3, v128.and(d, live));
    s4 = i32x4.add(s4, v128.and(e, live)); s5 = i32x4.add(s5, v128.and(f, live));
    s6 = i32x4.add(s6, v128.and(g, live)); s7 = i32x4.add(s7, v128.and(h, live));
  }
  v128.store(room, i8x16.swizzle(s0, swap));
  v128.store(room, i8x16.swizzle(s1, swap), 16);
  v128.store(room, i8x16.swizzle(s2, swap), 32);
  v128.store(room, i8x16.swizzle(s3, swap), 48);
  v128.store(room, i8x16.swizzle(s4, swap), 64);
  v128.store(room, i8x16.swizzle(s5, swap), 80);
  v128.store(room, i8x16.swizzle(s6, swap), 96);
  v128.store(room, i8x16.swizzle(s7, swap), 112);
  for (let lane: usize = 0; lane < <usize>lanes; lane++) {
    for (let word: usize = 0; word < 8; word++) {
      store<u32>(digests + (lane << 5) + (word << 2), load<u32>(room + (word << 4) + (lane << 2)));
    }
  }
}
