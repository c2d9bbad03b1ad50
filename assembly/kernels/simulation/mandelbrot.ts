// Escape times of the Mandelbrot set. A piece is a row of pixels.
//
// Eight pixels run at once, in four vectors that hide each other's latency (two vectors: 1.4x slower, measured);
// a lane that has escaped goes on unobserved until its neighbours have. A lane whose orbit comes back to a point
// where it was before will never escape (the orbit is a function of the point alone), so it is given the full
// count at once: that is Brent's cycle detection (1980), looked at once in CHUNK steps. The counts are those of
// the plain loop, bit for bit: every step rounds as the formula says, and -0 against +0 makes no difference to
// any magnitude.

/** Steps between two looks at whether all pixels are decided; even. */
const CHUNK: i32 = 8;

/** to[py * width + px] = steps until |z| > 2, at most `limit`. */
export function mandelbrot(
  begin: i32, end: i32, to: usize, width: i32, height: i32, x0: f64, dx: f64, y0: f64, dy: f64, limit: i32,
): void {
  for (let py = begin; py < end; py++) {
    const ci = y0 + (dy * <f64>py) / <f64>height;
    const row = to + ((<usize>py * <usize>width) << 1);
    for (let px = 0; px < width; px += 8) {
      const counts = escape8(px, x0, dx, width, ci, limit);
      const at = row + (<usize>px << 1);
      if (px + 8 <= width) v128.store(at, counts);
      else storeLanes(at, counts, width - px);
    }
  }
}

/** The real parts of the pixels px and px + 1. */
// @ts-ignore: decorator
@inline
function realParts(px: i32, x0: f64, dx: f64, width: i32): v128 {
  const x = f64x2.replace_lane(f64x2.splat(<f64>px), 1, <f64>(px + 1));
  return f64x2.add(f64x2.splat(x0), f64x2.div(f64x2.mul(f64x2.splat(dx), x), f64x2.splat(<f64>width)));
}

/** Stores the first `count` lanes of an i16x8. */
function storeLanes(at: usize, lanes: v128, count: i32): void {
  let rest = lanes;
  for (let lane = 0; lane < count; lane++) {
    store<u16>(at + (<usize>lane << 1), <u16>i16x8.extract_lane_u(rest, 0));
    rest = i8x16.shuffle(rest, rest, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1);
  }
}

/** The counts of the pixels px … px + 7 as i16x8. */
// @ts-ignore: decorator
@inline
function escape8(px: i32, x0: f64, dx: f64, width: i32, imaginary: f64, limit: i32): v128 {
  const ci = f64x2.splat(imaginary);
  const four = f64x2.splat(4);
  const zero = f64x2.splat(0);
  const crA = realParts(px, x0, dx, width);
  const crB = realParts(px + 2, x0, dx, width);
  const crC = realParts(px + 4, x0, dx, width);
  const crD = realParts(px + 6, x0, dx, width);
  let zrA = zero, ziA = zero, zrB = zero, ziB = zero;
  let zrC = zero, ziC = zero, zrD = zero, ziD = zero;
  let countA = zero, liveA = i64x2.splat(-1), countB = zero, liveB = i64x2.splat(-1);
  let countC = zero, liveC = i64x2.splat(-1), countD = zero, liveD = i64x2.splat(-1);
  let seenRA = zero, seenIA = zero, seenRB = zero, seenIB = zero;
  let seenRC = zero, seenIC = zero, seenRD = zero, seenID = zero;
  let chunk = 0;
  let remember = 1;
  let left = limit;
  while (left > 0) {
    // Two steps a turn; an odd last step is taken by running one too many and not counting it.
    const steps = min(left, CHUNK);
    left -= steps;
    for (let step = 0; step < steps; step += 2) {
      {
        const rA = f64x2.mul(zrA, zrA);
        const rB = f64x2.mul(zrB, zrB);
        const rC = f64x2.mul(zrC, zrC);
        const rD = f64x2.mul(zrD, zrD);
        const iA = f64x2.mul(ziA, ziA);
        const iB = f64x2.mul(ziB, ziB);
        const iC = f64x2.mul(ziC, ziC);
        const iD = f64x2.mul(ziD, ziD);
        liveA = v128.and(liveA, f64x2.le(f64x2.add(rA, iA), four));
        liveB = v128.and(liveB, f64x2.le(f64x2.add(rB, iB), four));
        liveC = v128.and(liveC, f64x2.le(f64x2.add(rC, iC), four));
        liveD = v128.and(liveD, f64x2.le(f64x2.add(rD, iD), four));
        countA = i64x2.sub(countA, liveA);
        countB = i64x2.sub(countB, liveB);
        countC = i64x2.sub(countC, liveC);
        countD = i64x2.sub(countD, liveD);
        ziA = f64x2.add(f64x2.mul(f64x2.add(zrA, zrA), ziA), ci);
        ziB = f64x2.add(f64x2.mul(f64x2.add(zrB, zrB), ziB), ci);
        ziC = f64x2.add(f64x2.mul(f64x2.add(zrC, zrC), ziC), ci);
        ziD = f64x2.add(f64x2.mul(f64x2.add(zrD, zrD), ziD), ci);
        zrA = f64x2.add(f64x2.sub(rA, iA), crA);
        zrB = f64x2.add(f64x2.sub(rB, iB), crB);
        zrC = f64x2.add(f64x2.sub(rC, iC), crC);
        zrD = f64x2.add(f64x2.sub(rD, iD), crD);
      }
      {
        const rA = f64x2.mul(zrA, zrA);
        const rB = f64x2.mul(zrB, zrB);
        const rC = f64x2.mul(zrC, zrC);
        const rD = f64x2.mul(zrD, zrD);
        const iA = f64x2.mul(ziA, ziA);
        const iB = f64x2.mul(ziB, ziB);
        const iC = f64x2.mul(ziC, ziC);
        const iD = f64x2.mul(ziD, ziD);
        liveA = v128.and(liveA, f64x2.le(f64x2.add(rA, iA), four));
        liveB = v128.and(liveB, f64x2.le(f64x2.add(rB, iB), four));
        liveC = v128.and(liveC, f64x2.le(f64x2.add(rC, iC), four));
        liveD = v128.and(liveD, f64x2.le(f64x2.add(rD, iD), four));
        countA = i64x2.sub(countA, liveA);
        countB = i64x2.sub(countB, liveB);
        countC = i64x2.sub(countC, liveC);
        countD = i64x2.sub(countD, liveD);
        ziA = f64x2.add(f64x2.mul(f64x2.add(zrA, zrA), ziA), ci);
        ziB = f64x2.add(f64x2.mul(f64x2.add(zrB, zrB), ziB), ci);
        ziC = f64x2.add(f64x2.mul(f64x2.add(zrC, zrC), ziC), ci);
        ziD = f64x2.add(f64x2.mul(f64x2.add(zrD, zrD), ziD), ci);
        zrA = f64x2.add(f64x2.sub(rA, iA), crA);
        zrB = f64x2.add(f64x2.sub(rB, iB), crB);
        zrC = f64x2.add(f64x2.sub(rC, iC), crC);
        zrD = f64x2.add(f64x2.sub(rD, iD), crD);
      }
    }
    // A live lane that stands where it stood when last remembered is on a cycle.
    const full = i64x2.splat(<i64>limit);
    const cycleA = v128.and(liveA, v128.and(f64x2.eq(zrA, seenRA), f64x2.eq(ziA, seenIA)));
    const cycleB = v128.and(liveB, v128.and(f64x2.eq(zrB, seenRB), f64x2.eq(ziB, seenIB)));
    const cycleC = v128.and(liveC, v128.and(f64x2.eq(zrC, seenRC), f64x2.eq(ziC, seenIC)));
    const cycleD = v128.and(liveD, v128.and(f64x2.eq(zrD, seenRD), f64x2.eq(ziD, seenID)));
    countA = v128.bitselect(full, countA, cycleA);
    countB = v128.bitselect(full, countB, cycleB);
    countC = v128.bitselect(full, countC, cycleC);
    countD = v128.bitselect(full, countD, cycleD);
    liveA = v128.andnot(liveA, cycleA);
    liveB = v128.andnot(liveB, cycleB);
    liveC = v128.andnot(liveC, cycleC);
    liveD = v128.andnot(liveD, cycleD);
    if (!v128.any_true(v128.or(v128.or(liveA, liveB), v128.or(liveC, liveD)))) break;
    if (++chunk == remember) {
      remember <<= 1;
      seenRA = zrA; seenIA = ziA;
      seenRB = zrB; seenIB = ziB;
      seenRC = zrC; seenIC = ziC;
      seenRD = zrD; seenID = ziD;
    }
  }
  const first = i8x16.shuffle(countA, countB, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
  const second = i8x16.shuffle(countC, countD, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
  const most = i32x4.splat(limit);
  return i16x8.narrow_i32x4_u(i32x4.min_s(first, most), i32x4.min_s(second, most));
}
