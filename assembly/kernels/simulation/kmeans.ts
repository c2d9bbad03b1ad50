// k-means (Lloyd 1982) with k-means++ (Arthur and Vassilvitskii 2007). Points are rows of `cols` numbers, f32 if
// `isSingle`, else f64. Sums are taken piece by piece, `perPiece` points each, and joined in order.
//
// `centroids`: for each column the coordinate of all centroids in f64, padded to `lanes` (a multiple of
// KMEANS_LANES) with infinities, so that vectors hold the distances of neighbouring centroids.
// `partials`: a record a piece, in f64: Σ d² · labels changed · k counts · k × cols sums.

// @ts-ignore: decorator
@inline
function coordinate(points: usize, index: usize, isSingle: i32): f64 {
  return isSingle ? <f64>load<f32>(points + (index << 2)) : load<f64>(points + (index << 3));
}

/** flags[piece] (f64) = 1 if a coordinate is not finite. */
export function kmeans_check(
  begin: i32, end: i32, points: usize, rows: i32, cols: i32, isSingle: i32, perPiece: i32, flags: usize,
): void {
  for (let piece = begin; piece < end; piece++) {
    const last = <usize>min(rows, (piece + 1) * perPiece) * cols;
    let sum: f64 = 0;
    for (let i = <usize>piece * perPiece * cols; i < last; i++) sum += coordinate(points, i, isSingle) * 0;
    store<f64>(flags + (<usize>piece << 3), sum == 0 ? 0 : 1);
  }
}

/** nearest[point] = the smaller of itself and its squared distance to the point `row`; sums[piece] = their sum. */
export function kmeans_spread(
  begin: i32, end: i32, points: usize, rows: i32, cols: i32, isSingle: i32, perPiece: i32, row: i32, nearest: usize,
  sums: usize,
): void {
  const from = <usize>row * cols;
  for (let piece = begin; piece < end; piece++) {
    const last = min(rows, (piece + 1) * perPiece);
    let total: f64 = 0;
    for (let point = piece * perPiece; point < last; point++) {
      let sum: f64 = 0;
      for (let col: usize = 0; col < <usize>cols; col++) {
        const d = coordinate(points, <usize>point * cols + col, isSingle) - coordinate(points, from + col, isSingle);
        sum += d * d;
      }
      const at = nearest + (<usize>point << 3);
      const least = min(sum, load<f64>(at));
      store<f64>(at, least);
      total += least;
    }
    store<f64>(sums + (<usize>piece << 3), total);
  }
}

/** Labels each point with its nearest centroid, and sums up the points of each. */
export function kmeans_assign(
  begin: i32, end: i32, points: usize, rows: i32, cols: i32, isSingle: i32, perPiece: i32, centroids: usize, k: i32,
  lanes: i32, labels: usize, partials: usize,
): void {
  const recordBytes = <usize>(2 + k + k * cols) << 3;
  const columnBytes = <usize>lanes << 3;
  for (let piece = begin; piece < end; piece++) {
    const record = partials + <usize>piece * recordBytes;
    const counts = record + 16;
    const sums = counts + (<usize>k << 3);
    memory.fill(record, 0, recordBytes);
    const last = min(rows, (piece + 1) * perPiece);
    let inertia: f64 = 0, changed: f64 = 0;
    for (let point = piece * perPiece; point < last; point++) {
      const first = <usize>point * cols;
      let least: f64 = Infinity;
      let label: u32 = 0;
      for (let lane = 0; lane < lanes; lane += 4) {
        let a = f64x2.splat(0), b = f64x2.splat(0);
        let at = centroids + (<usize>lane << 3);
        for (let col: usize = 0; col < <usize>cols; col++, at += columnBytes) {
          const p = f64x2.splat(coordinate(points, first + col, isSingle));
          const da = f64x2.sub(p, v128.load(at));
          const db = f64x2.sub(p, v128.load(at, 16));
          a = f64x2.add(a, f64x2.mul(da, da));
          b = f64x2.add(b, f64x2.mul(db, db));
        }
        const d0 = f64x2.extract_lane(a, 0), d1 = f64x2.extract_lane(a, 1);
        const d2 = f64x2.extract_lane(b, 0), d3 = f64x2.extract_lane(b, 1);
        if (d0 < least) { least = d0; label = lane; }
        if (d1 < least) { least = d1; label = lane + 1; }
        if (d2 < least) { least = d2; label = lane + 2; }
        if (d3 < least) { least = d3; label = lane + 3; }
      }
      const place = labels + (<usize>point << 2);
      if (load<u32>(place) != label) {
        store<u32>(place, label);
        changed += 1;
      }
      inertia += least;
      const count = counts + (<usize>label << 3);
      store<f64>(count, load<f64>(count) + 1);
      const sum = sums + ((<usize>label * cols) << 3);
      for (let col: usize = 0; col < <usize>cols; col++) {
        const at = sum + (col << 3);
        store<f64>(at, load<f64>(at) + coordinate(points, first + col, isSingle));
      }
    }
    store<f64>(record, inertia);
    store<f64>(record, changed, 8);
  }
}

/** Moves the centroids begin … end − 1 to the mean of their points; one without points stays. */
export function kmeans_move(
  begin: i32, end: i32, partials: usize, pieces: i32, cols: i32, isSingle: i32, centroids: usize, k: i32, lanes: i32,
): void {
  const recordBytes = <usize>(2 + k + k * cols) << 3;
  for (let centroid = begin; centroid < end; centroid++) {
    let count: f64 = 0;
    let at = partials + 16 + (<usize>centroid << 3);
    for (let piece = 0; piece < pieces; piece++, at += recordBytes) count += load<f64>(at);
    if (count == 0) continue;
    for (let col = 0; col < cols; col++) {
      let sum: f64 = 0;
      let part = partials + 16 + (<usize>(k + centroid * cols + col) << 3);
      for (let piece = 0; piece < pieces; piece++, part += recordBytes) sum += load<f64>(part);
      const mean = sum / count;
      store<f64>(centroids + (<usize>(col * lanes + centroid) << 3), isSingle ? <f64><f32>mean : mean);
    }
  }
}
