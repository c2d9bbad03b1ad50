// The passes of Stockham's autosort transform (decimation in frequency), mixed radix. A transform of length
// n = r₁r₂… takes a pass a factor; after the factors s = r₁…rᵢ₋₁, with m = n / (s·r), pass i reads the rows
// q + s(p + m·j), j = 0 … r − 1, and writes the rows q + s(r·p + k), k = 0 … r − 1, for p < m, q < s:
// a transform of length r, then times ω^(s·p·k). A row is `width` doubles, one of each transform done together.
//
// Roots: ω^e = e^(−2πie/n) at roots + 16 e, the real part first. `factors`: their number, then each (i32).

// Doubles go through a register by two (V = v128) or one (V = f64).

// @ts-ignore: decorator
@inline
function add<V>(a: V, b: V): V {
  if (isVector<V>()) return f64x2.add(a, b);
  else return a + b;
}
// @ts-ignore: decorator
@inline
function sub<V>(a: V, b: V): V {
  if (isVector<V>()) return f64x2.sub(a, b);
  else return a - b;
}
// @ts-ignore: decorator
@inline
function mul<V>(a: V, b: V): V {
  if (isVector<V>()) return f64x2.mul(a, b);
  else return a * b;
}
// @ts-ignore: decorator
@inline
function all<V>(x: f64): V {
  if (isVector<V>()) return f64x2.splat(x);
  else return x;
}

/** Stores r + i·i, times w if there are factors (W = f64; none: W = i8). */
// @ts-ignore: decorator
@inline
function put<V, W>(yr: usize, yi: usize, r: V, i: V, wr: V, wi: V): void {
  if (sizeof<W>() == 8) {
    store<V>(yr, sub<V>(mul<V>(r, wr), mul<V>(i, wi)));
    store<V>(yi, add<V>(mul<V>(r, wi), mul<V>(i, wr)));
  } else {
    store<V>(yr, r);
    store<V>(yi, i);
  }
}

// @ts-ignore: decorator
@inline
function turn2<V, W>(xr: usize, xi: usize, j: usize, yr: usize, yi: usize, k: usize, w1r: f64, w1i: f64): void {
  const ar = load<V>(xr), ai = load<V>(xi), br = load<V>(xr + j), bi = load<V>(xi + j);
  store<V>(yr, add<V>(ar, br));
  store<V>(yi, add<V>(ai, bi));
  put<V, W>(yr + k, yi + k, sub<V>(ar, br), sub<V>(ai, bi), all<V>(w1r), all<V>(w1i));
}

// @ts-ignore: decorator
@inline
function turn3<V, W>(
  xr: usize, xi: usize, j: usize, yr: usize, yi: usize, k: usize, w1r: f64, w1i: f64, w2r: f64, w2i: f64,
): void {
  const br = load<V>(xr + j), bi = load<V>(xi + j), cr = load<V>(xr + 2 * j), ci = load<V>(xi + 2 * j);
  const ar = load<V>(xr), ai = load<V>(xi);
  const tr = add<V>(br, cr), ti = add<V>(bi, ci);
  const half = all<V>(0.5), sine = all<V>(0.8660254037844386467637231707529362);
  const mr = sub<V>(ar, mul<V>(tr, half)), mi = sub<V>(ai, mul<V>(ti, half));
  const dr = mul<V>(sub<V>(br, cr), sine), di = mul<V>(sub<V>(bi, ci), sine);
  store<V>(yr, add<V>(ar, tr));
  store<V>(yi, add<V>(ai, ti));
  put<V, W>(yr + k, yi + k, add<V>(mr, di), sub<V>(mi, dr), all<V>(w1r), all<V>(w1i));
  put<V, W>(yr + 2 * k, yi + 2 * k, sub<V>(mr, di), add<V>(mi, dr), all<V>(w2r), all<V>(w2i));
}

// @ts-ignore: decorator
@inline
function turn4<V, W>(
  xr: usize, xi: usize, j: usize, yr: usize, yi: usize, k: usize,
  w1r: f64, w1i: f64, w2r: f64, w2i: f64, w3r: f64, w3i: f64,
): void {
  const ar = load<V>(xr), ai = load<V>(xi), cr = load<V>(xr + 2 * j), ci = load<V>(xi + 2 * j);
  const br = load<V>(xr + j), bi = load<V>(xi + j), dr = load<V>(xr + 3 * j), di = load<V>(xi + 3 * j);
  const er = add<V>(ar, cr), ei = add<V>(ai, ci), fr = sub<V>(ar, cr), fi = sub<V>(ai, ci);
  const gr = add<V>(br, dr), gi = add<V>(bi, di), hr = sub<V>(br, dr), hi = sub<V>(bi, di);
  store<V>(yr, add<V>(er, gr));
  store<V>(yi, add<V>(ei, gi));
  put<V, W>(yr + k, yi + k, add<V>(fr, hi), sub<V>(fi, hr), all<V>(w1r), all<V>(w1i));
  put<V, W>(yr + 2 * k, yi + 2 * k, sub<V>(er, gr), sub<V>(ei, gi), all<V>(w2r), all<V>(w2i));
  put<V, W>(yr + 3 * k, yi + 3 * k, sub<V>(fr, hi), add<V>(fi, hr), all<V>(w3r), all<V>(w3i));
}

// @ts-ignore: decorator
@inline
function turn5<V, W>(
  xr: usize, xi: usize, j: usize, yr: usize, yi: usize, k: usize, w: usize, step: usize,
): void {
  const ar = load<V>(xr), ai = load<V>(xi);
  const br = load<V>(xr + j), bi = load<V>(xi + j), er = load<V>(xr + 4 * j), ei = load<V>(xi + 4 * j);
  const cr = load<V>(xr + 2 * j), ci = load<V>(xi + 2 * j), dr = load<V>(xr + 3 * j), di = load<V>(xi + 3 * j);
  const c1 = all<V>(0.3090169943749474241022934171828191), c2 = all<V>(-0.8090169943749474241022934171828191);
  const s1 = all<V>(0.9510565162951535721164393333793821), s2 = all<V>(0.5877852522924731291687059546390728);
  const pr = add<V>(br, er), pi = add<V>(bi, ei), qr = add<V>(cr, dr), qi = add<V>(ci, di);
  const ur = sub<V>(br, er), ui = sub<V>(bi, ei), vr = sub<V>(cr, dr), vi = sub<V>(ci, di);
  const m1r = add<V>(ar, add<V>(mul<V>(pr, c1), mul<V>(qr, c2)));
  const m1i = add<V>(ai, add<V>(mul<V>(pi, c1), mul<V>(qi, c2)));
  const m2r = add<V>(ar, add<V>(mul<V>(pr, c2), mul<V>(qr, c1)));
  const m2i = add<V>(ai, add<V>(mul<V>(pi, c2), mul<V>(qi, c1)));
  const n1r = add<V>(mul<V>(ur, s1), mul<V>(vr, s2)), n1i = add<V>(mul<V>(ui, s1), mul<V>(vi, s2));
  const n2r = sub<V>(mul<V>(ur, s2), mul<V>(vr, s1)), n2i = sub<V>(mul<V>(ui, s2), mul<V>(vi, s1));
  store<V>(yr, add<V>(ar, add<V>(pr, qr)));
  store<V>(yi, add<V>(ai, add<V>(pi, qi)));
  const w2 = w + step, w3 = w2 + step, w4 = w3 + step;
  put<V, W>(yr + k, yi + k, add<V>(m1r, n1i), sub<V>(m1i, n1r), all<V>(load<f64>(w)), all<V>(load<f64>(w, 8)));
  put<V, W>(
    yr + 2 * k, yi + 2 * k, add<V>(m2r, n2i), sub<V>(m2i, n2r), all<V>(load<f64>(w2)), all<V>(load<f64>(w2, 8)),
  );
  put<V, W>(
    yr + 3 * k, yi + 3 * k, sub<V>(m2r, n2i), add<V>(m2i, n2r), all<V>(load<f64>(w3)), all<V>(load<f64>(w3, 8)),
  );
  put<V, W>(
    yr + 4 * k, yi + 4 * k, sub<V>(m1r, n1i), add<V>(m1i, n1r), all<V>(load<f64>(w4)), all<V>(load<f64>(w4, 8)),
  );
}

/** Any odd radix: results k and r − k together, from the sums and differences of the terms j and r − j. */
// @ts-ignore: decorator
@inline
function turnOdd<V>(
  radix: usize, xr: usize, xi: usize, j: usize, yr: usize, yi: usize, k: usize, w: usize, step: usize,
  roots: usize, part: usize,
): void {
  const half = radix >> 1;
  const ar = load<V>(xr), ai = load<V>(xi);
  let totalR = ar, totalI = ai;
  for (let t: usize = 1; t < radix; t++) {
    totalR = add<V>(totalR, load<V>(xr + t * j));
    totalI = add<V>(totalI, load<V>(xi + t * j));
  }
  store<V>(yr, totalR);
  store<V>(yi, totalI);
  for (let u: usize = 1; u <= half; u++) {
    let mr = ar, mi = ai, nr = all<V>(0), ni = all<V>(0);
    let e: usize = 0;
    for (let t: usize = 1; t <= half; t++) {
      e += u;
      if (e >= radix) e -= radix;
      const cosine = all<V>(load<f64>(roots + e * part)), sine = all<V>(load<f64>(roots + e * part, 8));
      const br = load<V>(xr + t * j), bi = load<V>(xi + t * j);
      const cr = load<V>(xr + (radix - t) * j), ci = load<V>(xi + (radix - t) * j);
      mr = add<V>(mr, mul<V>(add<V>(br, cr), cosine));
      mi = add<V>(mi, mul<V>(add<V>(bi, ci), cosine));
      nr = add<V>(nr, mul<V>(sub<V>(br, cr), sine));
      ni = add<V>(ni, mul<V>(sub<V>(bi, ci), sine));
    }
    const low = w + (u - 1) * step, high = w + (radix - u - 1) * step;
    put<V, f64>(
      yr + u * k, yi + u * k, sub<V>(mr, ni), add<V>(mi, nr), all<V>(load<f64>(low)), all<V>(load<f64>(low, 8)),
    );
    put<V, f64>(
      yr + (radix - u) * k, yi + (radix - u) * k, add<V>(mr, ni), sub<V>(mi, nr),
      all<V>(load<f64>(high)), all<V>(load<f64>(high, 8)),
    );
  }
}

/** The width of one butterfly of radix 4. */
// @ts-ignore: decorator
@inline
function along4<W>(xr: usize, xi: usize, j: usize, yr: usize, yi: usize, k: usize, width: usize, w: usize, step: usize): void {
  const w1r = load<f64>(w), w1i = load<f64>(w, 8), w2r = load<f64>(w + step), w2i = load<f64>(w + step, 8);
  const w3r = load<f64>(w + 2 * step), w3i = load<f64>(w + 2 * step, 8);
  const stop = xr + (width & ~1) * 8;
  for (; xr < stop; xr += 16, xi += 16, yr += 16, yi += 16) {
    turn4<v128, W>(xr, xi, j, yr, yi, k, w1r, w1i, w2r, w2i, w3r, w3i);
  }
  if (width & 1) turn4<f64, W>(xr, xi, j, yr, yi, k, w1r, w1i, w2r, w2i, w3r, w3i);
}

function any4(xr: usize, xi: usize, j: usize, yr: usize, yi: usize, k: usize, width: usize, w: usize, step: usize): void {
  if (step == 0) along4<i8>(xr, xi, j, yr, yi, k, width, w, step);
  else along4<f64>(xr, xi, j, yr, yi, k, width, w, step);
}

// @ts-ignore: decorator
@inline
function along2<W>(xr: usize, xi: usize, j: usize, yr: usize, yi: usize, k: usize, width: usize, w: usize): void {
  const w1r = load<f64>(w), w1i = load<f64>(w, 8);
  const stop = xr + (width & ~1) * 8;
  for (; xr < stop; xr += 16, xi += 16, yr += 16, yi += 16) turn2<v128, W>(xr, xi, j, yr, yi, k, w1r, w1i);
  if (width & 1) turn2<f64, W>(xr, xi, j, yr, yi, k, w1r, w1i);
}

function any2(xr: usize, xi: usize, j: usize, yr: usize, yi: usize, k: usize, width: usize, w: usize, step: usize): void {
  if (step == 0) along2<i8>(xr, xi, j, yr, yi, k, width, w);
  else along2<f64>(xr, xi, j, yr, yi, k, width, w);
}

// @ts-ignore: decorator
@inline
function along3<W>(xr: usize, xi: usize, j: usize, yr: usize, yi: usize, k: usize, width: usize, w: usize, step: usize): void {
  const w1r = load<f64>(w), w1i = load<f64>(w, 8), w2r = load<f64>(w + step), w2i = load<f64>(w + step, 8);
  const stop = xr + (width & ~1) * 8;
  for (; xr < stop; xr += 16, xi += 16, yr += 16, yi += 16) {
    turn3<v128, W>(xr, xi, j, yr, yi, k, w1r, w1i, w2r, w2i);
  }
  if (width & 1) turn3<f64, W>(xr, xi, j, yr, yi, k, w1r, w1i, w2r, w2i);
}

function any3(xr: usize, xi: usize, j: usize, yr: usize, yi: usize, k: usize, width: usize, w: usize, step: usize): void {
  if (step == 0) along3<i8>(xr, xi, j, yr, yi, k, width, w, step);
  else along3<f64>(xr, xi, j, yr, yi, k, width, w, step);
}

// @ts-ignore: decorator
@inline
function along5<W>(xr: usize, xi: usize, j: usize, yr: usize, yi: usize, k: usize, width: usize, w: usize, step: usize): void {
  const stop = xr + (width & ~1) * 8;
  for (; xr < stop; xr += 16, xi += 16, yr += 16, yi += 16) turn5<v128, W>(xr, xi, j, yr, yi, k, w, step);
  if (width & 1) turn5<f64, W>(xr, xi, j, yr, yi, k, w, step);
}

function any5(xr: usize, xi: usize, j: usize, yr: usize, yi: usize, k: usize, width: usize, w: usize, step: usize): void {
  if (step == 0) along5<i8>(xr, xi, j, yr, yi, k, width, w, step);
  else along5<f64>(xr, xi, j, yr, yi, k, width, w, step);
}

function anyOdd(
  radix: usize, xr: usize, xi: usize, j: usize, yr: usize, yi: usize, k: usize, width: usize, w: usize, step: usize,
  roots: usize, part: usize,
): void {
  const stop = xr + (width & ~1) * 8;
  for (; xr < stop; xr += 16, xi += 16, yr += 16, yi += 16) {
    turnOdd<v128>(radix, xr, xi, j, yr, yi, k, w, step, roots, part);
  }
  if (width & 1) turnOdd<f64>(radix, xr, xi, j, yr, yi, k, w, step, roots, part);
}

// @ts-ignore: decorator
@inline
function lows(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}
// @ts-ignore: decorator
@inline
function highs(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
}

/** Stores the results k and k + 1 of two neighbouring butterflies, which lie 32 bytes apart. */
// @ts-ignore: decorator
@inline
function putCrossed(at: usize, a: v128, b: v128): void {
  v128.store(at, lows(a, b));
  v128.store(at, highs(a, b), 32);
}

/** The first pass of one transform, radix 4, m even: two neighbouring p at a time, since rows have one double. */
function first4(xr: usize, xi: usize, yr: usize, yi: usize, m: usize, roots: usize): void {
  const j = m << 3;
  let w1 = roots, w2 = roots, w3 = roots;
  for (let p: usize = 0; p < m; p += 2) {
    const ar = v128.load(xr), ai = v128.load(xi), cr = v128.load(xr + 2 * j), ci = v128.load(xi + 2 * j);
    const br = v128.load(xr + j), bi = v128.load(xi + j), dr = v128.load(xr + 3 * j), di = v128.load(xi + 3 * j);
    const er = f64x2.add(ar, cr), ei = f64x2.add(ai, ci), fr = f64x2.sub(ar, cr), fi = f64x2.sub(ai, ci);
    const gr = f64x2.add(br, dr), gi = f64x2.add(bi, di), hr = f64x2.sub(br, dr), hi = f64x2.sub(bi, di);
    let x = v128.load(w1), y = v128.load(w1, 16);
    let wr = lows(x, y), wi = highs(x, y);
    let zr = f64x2.add(fr, hi), zi = f64x2.sub(fi, hr);
    putCrossed(yr, f64x2.add(er, gr), f64x2.sub(f64x2.mul(zr, wr), f64x2.mul(zi, wi)));
    putCrossed(yi, f64x2.add(ei, gi), f64x2.add(f64x2.mul(zr, wi), f64x2.mul(zi, wr)));
    x = v128.load(w2), y = v128.load(w2, 32);
    wr = lows(x, y), wi = highs(x, y);
    zr = f64x2.sub(er, gr), zi = f64x2.sub(ei, gi);
    const sr = f64x2.sub(f64x2.mul(zr, wr), f64x2.mul(zi, wi)), si = f64x2.add(f64x2.mul(zr, wi), f64x2.mul(zi, wr));
    x = v128.load(w3), y = v128.load(w3, 48);
    wr = lows(x, y), wi = highs(x, y);
    zr = f64x2.sub(fr, hi), zi = f64x2.add(fi, hr);
    putCrossed(yr + 16, sr, f64x2.sub(f64x2.mul(zr, wr), f64x2.mul(zi, wi)));
    putCrossed(yi + 16, si, f64x2.add(f64x2.mul(zr, wi), f64x2.mul(zi, wr)));
    xr += 16, xi += 16, yr += 64, yi += 64;
    w1 += 32, w2 += 64, w3 += 96;
  }
}

/** One pass; `is` and `os` are the bytes from a row to the next. */
function pass(
  radix: usize, xr: usize, xi: usize, is: usize, yr: usize, yi: usize, os: usize, m: usize, s: usize, width: usize,
  roots: usize,
): void {
  const j = s * m * is;
  const k = s * os;
  const part = (s * m) << 4;
  const unit = s << 4;
  if (is == width << 3 && os == is) {
    if (width == 1 && s == 1 && radix == 4 && (m & 1) == 0) return first4(xr, xi, yr, yi, m, roots);
    // Rows that follow one another are one wide row.
    width *= s;
    is *= s;
    os *= s;
    s = 1;
  }
  for (let p: usize = 0; p < m; p++) {
    const step = p * unit;
    const w = roots + step;
    for (let q: usize = 0; q < s; q++) {
      const x = (q + s * p) * is;
      const y = (q + s * p * radix) * os;
      if (radix == 4) any4(xr + x, xi + x, j, yr + y, yi + y, k, width, w, step);
      else if (radix == 2) any2(xr + x, xi + x, j, yr + y, yi + y, k, width, w, step);
      else if (radix == 3) any3(xr + x, xi + x, j, yr + y, yi + y, k, width, w, step);
      else if (radix == 5) any5(xr + x, xi + x, j, yr + y, yi + y, k, width, w, step);
      else anyOdd(radix, xr + x, xi + x, j, yr + y, yi + y, k, width, w, step, roots, part);
    }
  }
}

/** Whether the first of the passes writes to `a` of {@link transform}. */
// @ts-ignore: decorator
@inline
export function startsInA(factors: usize): bool {
  return (load<i32>(factors) & 1) == 1;
}

/**
 * `width` transforms of length n side by side. Passes write to a and b in turns, the last but one to b; the last
 * one to y, which may be a. x is left as it is; it may be the one of a and b that the first pass does not write.
 */
export function transform(
  xr: usize, xi: usize, is: usize, yr: usize, yi: usize, os: usize, ar: usize, ai: usize, br: usize, bi: usize,
  width: usize, n: usize, roots: usize, factors: usize,
): void {
  const count = load<i32>(factors);
  const rowBytes = width << 3;
  if (count == 0) {
    memory.copy(yr, xr, rowBytes);
    memory.copy(yi, xi, rowBytes);
    return;
  }
  let s: usize = 1;
  for (let i = 1; i <= count; i++) {
    const radix = <usize>load<i32>(factors + (<usize>i << 2));
    const isA = ((count - i) & 1) == 0;
    const isLast = i == count;
    const tr = isLast ? yr : isA ? ar : br;
    const ti = isLast ? yi : isA ? ai : bi;
    pass(radix, xr, xi, is, tr, ti, isLast ? os : rowBytes, n / (s * radix), s, width, roots);
    xr = tr;
    xi = ti;
    is = rowBytes;
    s *= radix;
  }
}
