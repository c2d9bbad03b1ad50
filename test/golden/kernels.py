# Makes test/golden/kernels.js, what numpy 2.4.6 and Python 3.11.7's hashlib, zlib, csv and re say of every kernel's
# result (images.py has Pillow's):
#   python3 test/golden/kernels.py
# A case is [kernel, arguments, result, how near]: nothing or 0 for the same bits, else a number that no element may be
# off by, or "n ulp" of the element. Values that JSON does not have are [type, text] pairs: see golden.js.
# Extended precision (np.longdouble) stands in for the exact value where there is one.

import base64
import collections
import csv
import hashlib
import io
import json
import math
import os
import re
import sys
import zlib

import numpy as np

rng = np.random.default_rng(17)
wide = np.longdouble
CODES = {
    "i1": "Int8Array", "u1": "Uint8Array", "i2": "Int16Array", "u2": "Uint16Array", "i4": "Int32Array",
    "u4": "Uint32Array", "f4": "Float32Array", "f8": "Float64Array", "i8": "BigInt64Array", "u8": "BigUint64Array",
}
INTS = ["i1", "u1", "i2", "u2", "i4", "u4"]
FLOATS = ["f4", "f8"]
BIGS = ["i8", "u8"]
cases = []


def encode(value):
    if value is np.float32:
        return ["class", "Float32Array"]
    if isinstance(value, np.ndarray):
        return [CODES[value.dtype.str[1:]], base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()]
    if isinstance(value, (np.integer, np.bool_)):
        value = value.item()
    if isinstance(value, np.floating):
        value = float(value)
    if isinstance(value, Big):
        return ["bigint", str(int(value))]
    if isinstance(value, float):
        if math.isnan(value) or math.isinf(value) or (value == 0 and math.copysign(1, value) < 0):
            return ["number", str(value).replace("inf", "Infinity").replace("nan", "NaN")]
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, bytes):
        return encode(np.frombuffer(value, np.uint8))
    if isinstance(value, list):
        return ["list", [encode(item) for item in value]]
    if isinstance(value, collections.OrderedDict):
        return ["map", [[encode(k), encode(v)] for k, v in value.items()]]
    if isinstance(value, dict):
        return {name: encode(item) for name, item in value.items()}
    return value


class Big(int):
    """An integer that is a bigint in JavaScript."""


def case(kernel, args, result, near=0):
    line = [kernel, [encode(arg) for arg in args], encode(result)]
    cases.append(line + [near] if near else line)


def integers(code, n):
    """All bits, and both ends of the range."""
    a = rng.integers(0, 256, n * np.dtype(code).itemsize, np.uint8).view(code)
    if n > 2:
        a[0], a[1] = np.iinfo(code).min, np.iinfo(code).max
    return a


def floats(code, n, scale=100.0):
    return (rng.normal(0, scale, n)).astype(code)


def numbers(code, n):
    return floats(code, n) if code in FLOATS else integers(code, n)


def few(code, n, values=23):
    """Values that come more than once; no -0, which numpy does not tell from 0."""
    a = rng.integers(0, values, n).astype(code)
    return a * np.array(0.5, code) - np.array(3, code) if code in FLOATS else a


def exact(values, code="f8"):
    return np.asarray(values).astype(code)


# Numbers


def sieve(limit):
    marks = np.ones(limit, bool)
    marks[:2] = False
    for p in range(2, math.isqrt(limit) + 1):
        marks[p * p :: p] &= not marks[p]
    return marks


marks = sieve(200_000)
for lo, hi in ((0, 100_000), (-5, 2), (2, 3), (7919, 7920), (99_991, 131_072)):
    case("countPrimes", [lo, hi], int(marks[max(lo, 0) : hi].sum()))
case("primes", [100, 700], (np.flatnonzero(marks[100:700]) + 100).astype("u4"))
case("isPrime", [np.arange(300, dtype="u2")], marks[:300].astype("u1"))
case("isPrime", [np.arange(190_000, 190_100, dtype="f8")], marks[190_000:190_100].astype("u1"))

# Arrays

for code in INTS + FLOATS + BIGS:
    a = numbers(code, 37)
    b = numbers(code, 37)
    is_big = code in BIGS
    is_float = code in FLOATS
    value = Big(-3 if code == "i8" else 3) if is_big else 3
    case("fill", [np.zeros(19, code), value], np.full(19, value, code))
    if not is_big:
        with np.errstate(over="ignore"):
            case("scale", [a, 5], a * np.array(5, code))
            case("add", [a, 7], a + np.array(7, code))
            case("add", [a, b], a + b)
            case("mul", [a, 11], a * np.array(11, code))
            case("mul", [a, b], a * b)
            case("map", [a, "square"], a * a)
            case("map", [a, "neg"], np.negative(a))
            case("map", [a, "abs"], np.abs(a))
            case("map", [a, "sign"], np.sign(a))
    if is_float:
        case("axpy", [2.5, a, b], np.array(2.5, code) * a + b)
        case("sum", [a], math.fsum(a.tolist()), 1e-13 * float(np.abs(a, dtype=wide).sum()))
        case("mean", [a], math.fsum(a.tolist()) / 37, 1e-13 * float(np.abs(a, dtype=wide).sum()))
        products = (a.astype(wide) * b.astype(wide)).astype(wide)
        case("dot", [a, b], float(products.sum()), 1e-13 * float(np.abs(products).sum()))
    elif is_big:
        with np.errstate(over="ignore"):
            case("sum", [a], Big(np.sum(a, dtype=code)))
    else:
        case("sum", [a], float(sum(a.tolist())))
        case("mean", [a], float(np.mean(a, dtype=wide)), 1e-12 * float(np.abs(a.astype("f8")).max()))
    if not is_big:
        centred = float(np.var(a.astype(wide)))
        case("variance", [a], centred, 1e-10 * centred)
        case("variance", [a, {"ddof": 1}], float(np.var(a.astype(wide), ddof=1)), 1e-10 * centred)
        for order in (1, 2, math.inf):
            length = float(np.linalg.norm(a.astype("f8"), order))
            case("norm", [a, {"ord": order}], length, 1e-12 * length)
    extreme = Big if is_big else float
    case("min", [a], extreme(a.min()))
    case("max", [a], extreme(a.max()))
    case("argmin", [a], int(a.argmin()))
    case("argmax", [a], int(a.argmax()))
    to = {"i1": "i4", "i2": "i4", "u1": "u4", "u2": "u4"}.get(code, code)
    if is_float:
        near = 1e-11 * float(np.abs(a, dtype=wide).sum()) + (2.0**-24 * 4000 if code == "f4" else 0)
        case("prefixSum", [a], np.cumsum(a.astype(wide)).astype(code), near)
    else:
        with np.errstate(over="ignore"):
            sums = np.cumsum(a, dtype=to)
        case("prefixSum", [a], sums)
        case("prefixSum", [a, {"exclusive": True}], np.concatenate([np.zeros(1, to), sums[:-1]]))
    for n in (1, 16, 45):
        c = few(code, n)
        n_back = np.uint32(n - 1)
        case("sort", [c], np.sort(c))
        case("sort", [c, {"descending": True}], np.sort(c)[::-1])
        case("argsort", [c], np.argsort(c, kind="stable").astype("u4"))
        back = n_back - np.argsort(c[::-1], kind="stable").astype("u4")[::-1]
        case("argsort", [c, {"descending": True}], back)
        case("unique", [c], np.unique(c))
    values, counts = np.unique(c, return_counts=True)
    case("unique", [c, {"counts": True}], {"values": values, "counts": counts.astype("u4")})
    bound = Big(11) if is_big else 4 if not is_float else 2.5
    for op in ("<", "<=", ">", ">=", "==", "!="):
        case("filter", [c, op, bound], c[eval(f"c {op} np.array(bound, code)")])
    ordered = np.sort(numbers(code, 50))
    wanted = np.concatenate([numbers(code, 9), ordered[::12]])
    for side in ("left", "right"):
        found = np.searchsorted(ordered, wanted, side).astype("u4")
        case("searchSorted", [ordered, wanted, {"side": side}], found)
    if not is_big:
        for options in ({}, {"bins": 7}, {"bins": 5, "range": [-2.0, 9.0]}):
            counts, edges = np.histogram(c.astype("f8"), options.get("bins", 10), options.get("range"))
            case("histogram", [c, {**options}], {"counts": counts.astype("u4"), "edges": edges}, 1e-15 * 23)
    if code in INTS:
        case("bincount", [c], np.bincount(c.astype("i8")).astype("u4"))
        case("bincount", [c, {"minlength": 40}], np.bincount(c.astype("i8"), minlength=40).astype("u4"))
        weights = floats("f8", c.size, 1.0)
        case("bincount", [c, {"weights": weights}], np.bincount(c.astype("i8"), weights), 1e-12)

special = np.array([np.nan, 1.5, -np.inf, 3, np.nan, np.inf, -7.25], "f8")
for code in FLOATS:
    a = special.astype(code)
    case("sort", [a], np.sort(a))
    case("argsort", [a], np.argsort(a, kind="stable").astype("u4"))
    case("unique", [a], np.unique(a))
    case("min", [a], math.nan)
    case("max", [a], math.nan)
    case("argmin", [a], int(np.argmin(a)))
    case("argmax", [a], int(np.argmax(a)))
    case("sum", [a], math.nan)
    case("searchSorted", [np.sort(a), a], np.searchsorted(np.sort(a), a).astype("u4"))

FUNCTIONS = {
    "exp": ("exp", -20, 20), "expm1": ("expm1", -3, 3), "log": ("log", 1e-6, 1e6), "log1p": ("log1p", -0.9, 10),
    "log2": ("log2", 1e-6, 1e6), "log10": ("log10", 1e-6, 1e6), "sin": ("sin", -1000, 1000),
    "cos": ("cos", -1000, 1000), "tan": ("tan", -10, 10), "asin": ("arcsin", -1, 1), "acos": ("arccos", -1, 1),
    "atan": ("arctan", -50, 50), "sinh": ("sinh", -20, 20), "cosh": ("cosh", -20, 20), "tanh": ("tanh", -5, 5),
    "cbrt": ("cbrt", -1e6, 1e6),
}
for code in FLOATS:
    for name, (function, low, high) in FUNCTIONS.items():
        a = rng.uniform(low, high, 33).astype(code)
        case("map", [a, name], getattr(np, function)(a.astype(wide)).astype(code), "3 ulp" if code == "f4" else "5 ulp")
    a = np.concatenate([floats(code, 15), np.array([0.5, -0.5, 1.5, -1.5, 2.5, 0.0, -0.0], code)])
    for name in ("floor", "ceil", "trunc"):
        case("map", [a, name], getattr(np, name)(a))
    case("map", [np.abs(a), "sqrt"], np.sqrt(np.abs(a)))
    case("map", [a[:15], "reciprocal"], np.reciprocal(a[:15]))

# Matrices and signals


def matrix(a):
    return {"data": a.reshape(-1), "rows": a.shape[0], "cols": a.shape[1]}


for code, unit in (("f8", 2.0**-53), ("f4", 2.0**-24)):
    for rows, inner, cols in ((1, 1, 1), (5, 7, 3), (17, 33, 19)):
        a = floats(code, rows * inner, 1).reshape(rows, inner)
        b = floats(code, inner * cols, 1).reshape(inner, cols)
        near = 2 * inner * unit * float((np.abs(a, dtype=wide) @ np.abs(b, dtype=wide)).max())
        case("matmul", [matrix(a), matrix(b)], matrix((a.astype(wide) @ b.astype(wide)).astype(code)), near)
        x = np.ascontiguousarray(b[:, 0])
        case("matvec", [matrix(a), x], (a.astype(wide) @ x.astype(wide)).astype(code), near)
for code in ("u1", "i2", "f4", "f8", "i8"):
    a = numbers(code, 6 * 11).reshape(6, 11)
    case("transpose", [matrix(a)], matrix(np.ascontiguousarray(a.T)))
for code, accuracy in (("f8", 1e-13), ("f4", 1e-6)):
    for n in (1, 2, 3, 8, 12, 31, 32, 60):
        re_, im = floats(code, n, 1), floats(code, n, 1)
        z = re_.astype(wide) + 1j * im.astype(wide)
        for inverse in (False, True):
            to = np.fft.ifft(z) if inverse else np.fft.fft(z)
            near = accuracy * float(np.linalg.norm(to.astype(complex)))
            case("fft", [re_, im, {"inverse": inverse}], {"re": exact(to.real, code), "im": exact(to.imag, code)}, near)
    to = np.fft.fft(re_.astype(wide))
    near = accuracy * float(np.linalg.norm(to.astype(complex)))
    case("fft", [re_, None], {"re": exact(to.real, code), "im": exact(to.imag, code)}, near)
    for n, m in ((1, 1), (5, 3), (40, 9), (7, 30)):
        a, v = floats(code, n, 1), floats(code, m, 1)
        near = (1e-13 if code == "f8" else 1e-5) * float(np.linalg.norm(a) * np.linalg.norm(v))
        for mode in ("full", "same", "valid"):
            to = np.convolve(a.astype(wide), v.astype(wide), mode).astype(code)
            case("convolve", [a, v, {"mode": mode}], to, near)

# Images


def image(a):
    return {"data": a.reshape(-1), "width": a.shape[1], "height": a.shape[0]}


pixels = rng.integers(0, 256, (9, 13, 4), np.uint8)
opaque = pixels.copy()
opaque[..., 3] = 255
luma = ((opaque[..., :3].astype(np.int64) @ np.array([19595, 38470, 7471]) + 32768) >> 16).astype(np.uint8)
case("grayscale", [image(opaque)], image(np.dstack([luma, luma, luma, opaque[..., 3]])))
case("crop", [image(pixels), 2, 3, 7, 5], image(pixels[3:8, 2:9]))
channels = {name: np.bincount(pixels[..., i].reshape(-1), minlength=256).astype("u4") for i, name in enumerate("rgba")}
case("imageHistogram", [image(pixels)], channels)
for turns in range(4):
    case("rotate", [image(pixels), 90 * turns], image(np.ascontiguousarray(np.rot90(pixels, -turns))))
rows = ((2 * np.arange(6) + 1) * 9) // 12
columns = ((2 * np.arange(20) + 1) * 13) // 40
case("resize", [image(pixels), 20, 6, {"filter": "nearest"}], image(pixels[rows][:, columns]))
weights = np.array([[1, 2, 1], [0, 3, -1], [2, 1, 1]])
padded = np.pad(opaque[..., :3].astype(np.int64), ((1, 1), (1, 1), (0, 0)), "edge")
windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (0, 1))
total = np.einsum("yxcij,ij->yxc", windows, weights)
colours = np.clip(np.floor(total / weights.sum() + 0.5), 0, 255).astype(np.uint8)
case("convolve2d", [image(opaque), weights.tolist()], image(np.dstack([colours, opaque[..., 3]])), 1)
over = rng.integers(0, 256, (4, 6, 4), np.uint8)
under = opaque.copy()
alpha = over[..., 3:].astype(float) / 255 * 0.75
blend = over[..., :3] * alpha + under[2:6, 3:9, :3] * (1 - alpha)
under[2:6, 3:9, :3] = np.rint(blend)
case("composite", [image(opaque), image(over), {"x": 3, "y": 2, "opacity": 0.75}], image(under), 1)
flat = np.full((21, 21, 4), 255, np.uint8)
flat[..., :3] = rng.integers(0, 256, (21, 21, 3), np.uint8)
reach = np.arange(-12, 13)
bell = np.exp(-(reach**2) / (2 * 2.0**2))
bell /= bell.sum()
soft = np.pad(flat[..., :3].astype(float), ((12, 12), (12, 12), (0, 0)), "edge")
soft = np.einsum("yxci,i->yxc", np.lib.stride_tricks.sliding_window_view(soft, 25, 0), bell)
soft = np.einsum("yxci,i->yxc", np.lib.stride_tricks.sliding_window_view(soft, 25, 1), bell)
case("blur", [image(flat), 2], image(np.dstack([np.rint(soft).astype(np.uint8), flat[..., 3]])), 24)

# Text and bytes

text = ("to be or not to be,\nthat is the\tquestion\r\n\r\nTo  be: \u00e4\u00f6 \u00e4\u00f6\x0b\x0c\r x\nend" * 3).encode()
counts = collections.Counter(text.split())
by_rank = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
case("wordCount", [text], collections.OrderedDict((word.decode(), n) for word, n in by_rank))
for t in (text, b"", b"\n", b"a", b"a\r\n\nb\rc\n"):
    spans = [match.span(1) for match in re.finditer(rb"([^\n]*?)(?:\r?\n|\Z)", t) if match.group(0)]
    ends = {"starts": exact([s for s, _ in spans], "u4"), "ends": exact([e for _, e in spans], "u4")}
    case("countLines", [t], len(spans))
    case("splitLines", [t], ends)
rows = [[repr(x) for x in row] for row in rng.normal(0, 1e3, (12, 4)).tolist()]
rows += [["1e5", ".5", "-3.", "+7E-3"], ["0", "-0.0", "1e-400", "1e400"]]
for delimiter in ",;\t":
    sheet = io.StringIO()
    csv.writer(sheet, delimiter=delimiter, quoting=csv.QUOTE_NONNUMERIC if delimiter == ";" else 0).writerows(rows)
    table = np.array([[float(x) for x in row] for row in csv.reader(io.StringIO(sheet.getvalue()), delimiter=delimiter)])
    case("parseCsvNumbers", [sheet.getvalue(), {"delimiter": delimiter}], matrix(table))
sheet = '"a ""b""",c\r\n1,2\r\n3,4\r\n'
case("parseCsvNumbers", [sheet, {"header": True}], {**matrix(np.array([[1.0, 2], [3, 4]])), "header": ['a "b"', "c"]})
for n in (0, 1, 15, 16, 17, 63, 64, 65, 200, 1000):
    data = rng.integers(0, 256, n, np.uint8).tobytes()
    case("crc32", [data], zlib.crc32(data))
    case("crc32", [data, {"value": 12345}], zlib.crc32(data, 12345))
    case("sha256", [data], hashlib.sha256(data).digest())
    case("sha256", [data, {"encoding": "hex"}], hashlib.sha256(data).hexdigest())
list_ = [rng.integers(0, 256, n, np.uint8).tobytes() for n in (0, 3, 55, 56, 64, 119, 120, 130, 4)]
case("sha256", [list_], [hashlib.sha256(data).digest() for data in list_])
for pattern in (b"be", b"o", b"\xc3\xa4\xc3\xb6", b"not there", b"  "):
    found = [match.start() for match in re.finditer(b"(?=%s)" % re.escape(pattern), text)]
    case("find", [text, pattern], exact(found, "u4"))
case("find", [b"aaaaaaaa", b"aaa", {"limit": 4}], exact(range(4), "u4"))

# Simulation


def philox(seed, stream, blocks):
    """Philox 4x32-10 (Salmon et al. 2011): the four words of each block."""
    x = [blocks & 0xFFFFFFFF, blocks >> np.uint64(32), stream & 0xFFFFFFFF, stream >> 32]
    x = [np.asarray(word, np.uint64) + np.zeros_like(blocks) for word in x]
    low, high = seed & 0xFFFFFFFF, seed >> 32
    for _ in range(10):
        a, b = x[0] * np.uint64(0xD2511F53), x[2] * np.uint64(0xCD9E8D57)
        mask = np.uint64(0xFFFFFFFF)
        top = np.uint64(32)
        x = [(b >> top) ^ x[1] ^ np.uint64(low), b & mask, (a >> top) ^ x[3] ^ np.uint64(high), a & mask]
        low, high = (low + 0x9E3779B9) & 0xFFFFFFFF, (high + 0xBB67AE85) & 0xFFFFFFFF
    return np.stack(x, 1)


def uniform(seed, stream, n, offset=0):
    first = offset // 2
    x = philox(seed, stream, np.arange(first, (offset + n + 1) // 2, dtype=np.uint64))
    pairs = [(x[:, i + 1] * 2.0**21 + (x[:, i] >> np.uint64(11))) * 2.0**-53 for i in (0, 2)]
    return np.stack(pairs, 1).reshape(-1)[offset - 2 * first :][:n]


for seed, stream in ((0, 0), (42, 7), (2**53 - 1, 2**40 + 3)):
    case("randomUniform", [33, {"seed": seed, "stream": stream}], uniform(seed, stream, 33))
    case("randomUniform", [10, {"seed": seed, "offset": 5}], uniform(seed, 0, 10, 5))
    words = philox(seed, stream, np.arange(5, dtype=np.uint64)).reshape(-1)
    singles = ((words >> np.uint64(8)) * 2.0**-24).astype("f4")[:18]
    case("randomUniform", [18, {"seed": seed, "stream": stream, "type": np.float32}], singles)
    u, v = uniform(seed, stream, 34).reshape(-1, 2).T.astype(wide)
    radius = np.sqrt(-2 * np.log(1 - u))
    turn = 8 * np.arctan(wide(1)) * v
    normal = np.stack([radius * np.cos(turn), radius * np.sin(turn)], 1).reshape(-1)
    case("randomNormal", [33, {"seed": seed, "stream": stream}], exact(normal[:33]), 1e-13)
    points = philox(seed, stream, np.arange(500, dtype=np.uint64)).reshape(-1, 2) * 2.0**-32
    inside = int(((points**2).sum(1) <= 1).sum())
    case("monteCarloPi", [1000, {"seed": seed, "stream": stream}], 4 * inside / 1000)

bodies = {name: rng.normal(0, 1, 6) for name in ("x", "y", "z", "vx", "vy", "vz")}
bodies["mass"] = rng.uniform(0.5, 2, 6)
r = np.stack([bodies[name] for name in ("x", "y", "z")]).astype(wide)
v = np.stack([bodies[name] for name in ("vx", "vy", "vz")]).astype(wide)
for _ in range(3):
    gap = r[:, None, :] - r[:, :, None]
    power = ((gap**2).sum(0) + wide(0.1) ** 2) ** wide(-1.5)
    np.fill_diagonal(power, 0)
    v = v + (gap * power * bodies["mass"]).sum(2) * wide(0.01)
    r = r + v * wide(0.01)
after = {name: exact(line) for name, line in zip(("x", "y", "z", "vx", "vy", "vz"), [*r, *v])}
case("nbody", [bodies, {"steps": 3, "dt": 0.01, "softening": 0.1}], {**after, "mass": bodies["mass"]}, 1e-12)

width, height, most = 24, 16, 60
cr = -2 + 3.0 * np.arange(width) / width
ci = (-1 + 2.0 * np.arange(height) / height)[:, None]
zr = zi = np.zeros((height, width))
steps = np.zeros((height, width), np.uint16)
for _ in range(most):
    live = zr * zr + zi * zi <= 4
    steps += live
    with np.errstate(over="ignore", invalid="ignore"):
        zr, zi = np.where(live, zr * zr - zi * zi + cr, zr), np.where(live, 2 * zr * zi + ci, zi)
case("mandelbrot", [width, height, {"maxIterations": most}], steps.reshape(-1))

points = np.concatenate([rng.normal(centre, 1.2, (12, 2)) for centre in ((0, 0), (3, 3), (-3, 4))])
centres = points[[0, 1, 20]]
near = lambda c: ((points[:, None] - c) ** 2).sum(2)
labels = near(centres).argmin(1)
iterations = 0
while True:
    iterations += 1
    centres = np.stack([points[labels == k].mean(0) if (labels == k).any() else centres[k] for k in range(3)])
    moved = near(centres).argmin(1)
    if (moved == labels).all():
        break
    labels = moved
found = {
    "centroids": matrix(centres), "labels": labels.astype("u4"), "inertia": float(near(centres).min(1).sum()),
    "iterations": iterations, "converged": True,
}
case("kmeans", [matrix(points), 3, {"init": matrix(points[[0, 1, 20]])}], found, 1e-11)

versions = f"numpy {np.__version__}, Python {sys.version.split()[0]}"
lines = ",\n".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in cases)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "kernels.js"), "w") as file:
    file.write(f"// Made by test/golden/kernels.py with {versions}.\nexport default [\n{lines},\n];\n")
print(f"{len(cases)} cases of {len({line[0] for line in cases})} kernels, {versions}")
