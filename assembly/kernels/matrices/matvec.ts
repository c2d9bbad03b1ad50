// A matrix times a vector: a piece is `perPiece` rows. Each row is added by four accumulators in the elements' type,
// in an order that depends on its length alone.

function rowTimes<T>(begin: i32, end: i32, a: usize, x: usize, to: usize, m: i32, k: i32, perPiece: i32): void {
  const lanes: i32 = 16 / sizeof<T>();
  const last = min<i32>(m, end * perPiece);
  for (let row = begin * perPiece; row < last; row++) {
    let at = a + <usize>row * k * sizeof<T>();
    let p = x;
    let s0 = i64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let left = k;
    for (; left >= 4 * lanes; left -= 4 * lanes, at += 64, p += 64) {
      s0 = v128.add<T>(s0, v128.mul<T>(v128.load(at), v128.load(p)));
      s1 = v128.add<T>(s1, v128.mul<T>(v128.load(at, 16), v128.load(p, 16)));
      s2 = v128.add<T>(s2, v128.mul<T>(v128.load(at, 32), v128.load(p, 32)));
      s3 = v128.add<T>(s3, v128.mul<T>(v128.load(at, 48), v128.load(p, 48)));
    }
    const s = v128.add<T>(v128.add<T>(s0, s1), v128.add<T>(s2, s3));
    let sum: T;
    if (sizeof<T>() == 8) sum = v128.extract_lane<T>(s, 0) + v128.extract_lane<T>(s, 1);
    else {
      const half = v128.add<T>(s, i8x16.shuffle(s, s, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
      sum = v128.extract_lane<T>(half, 0) + v128.extract_lane<T>(half, 1);
    }
    for (; left > 0; left--, at += sizeof<T>(), p += sizeof<T>()) sum += load<T>(at) * load<T>(p);
    store<T>(to + <usize>row * sizeof<T>(), sum);
  }
}

export function matvec_f32(b: i32, e: i32, a: usize, x: usize, to: usize, m: i32, k: i32, perPiece: i32): void {
  rowTimes<f32>(b, e, a, x, to, m, k, perPiece);
}
export function matvec_f64(b: i32, e: i32, a: usize, x: usize, to: usize, m: i32, k: i32, perPiece: i32): void {
  rowTimes<f64>(b, e, a, x, to, m, k, perPiece);
}
