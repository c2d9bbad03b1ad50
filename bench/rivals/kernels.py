"""What numpy or Python's libraries have for a kernel, in the line protocol of LineProcess.ts.

Arguments: job, then a size or a file of bytes, then what the job takes. Each job is a function of those that prepares
its data and returns the call to time and what is checked of its result.
"""

import collections
import hashlib
import io
import json
import sys
import zlib
from time import perf_counter_ns

import numpy as np

JOBS = {}


def job(function):
    JOBS[function.__name__] = function
    return function


def elements(n):
    """What data.ts gives for the indices below n."""
    i = np.arange(n, dtype=np.uint32)
    x = i * np.uint32(0x9E3779B1)
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    x = (x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    high = x ^ (x >> np.uint32(16))
    x = (high + np.uint32(0x6D2B79F5)) * np.uint32(0x2C1B3C6D)
    x = x ^ (x >> np.uint32(15))
    return (high * 2.0**21 + (x >> np.uint32(11))) * 2.0**-53


def checksum(a):
    step = len(a) // 1000
    return float((a[: 1000 * step : step] * (np.arange(1000) % 7 + 1)).sum())


def weigh(a):
    return float((np.asarray(a, float) * (np.arange(len(a)) % 7 + 1)).sum())


def on_elements(name, call, check=checksum, prepare=None):
    """A job on n elements whose result is an array, or a number."""

    def prepared(n):
        a = elements(int(n))
        if prepare:
            a = prepare(a)
        return lambda: call(a), check

    JOBS[name] = prepared


def into(function):
    """A ufunc into an array that is there already, as ours writes to `out`."""
    out = []

    def call(a):
        if not out:
            out.append(np.empty_like(a))
        return function(a, out[0])

    return call


def filled(a, out):
    out.fill(1.5)
    return out


def scaled_sum(a, out):
    np.multiply(a, 1.5, out=out)
    return np.add(out, a, out=out)


on_elements("fill", into(filled))
on_elements("scale", into(lambda a, out: np.multiply(a, 1.5, out=out)))
on_elements("add", into(lambda a, out: np.add(a, a, out=out)))
on_elements("mul", into(lambda a, out: np.multiply(a, a, out=out)))
on_elements("axpy", into(scaled_sum))
on_elements("map", into(lambda a, out: np.exp(a, out=out)))
on_elements("prefixSum", into(lambda a, out: np.cumsum(a, out=out)))
on_elements("sum", np.sum, float)
on_elements("mean", np.mean, float)
on_elements("min", np.min, float)
on_elements("max", np.max, float)
on_elements("argmin", np.argmin, float)
on_elements("argmax", np.argmax, float)
on_elements("variance", np.var, float)
on_elements("norm", np.linalg.norm, float)
on_elements("dot", lambda a: np.dot(a, a), float)
on_elements("sort", np.sort)
on_elements("argsort", lambda a: np.argsort(a, kind="stable"), weigh)
on_elements("unique", np.unique, weigh, lambda a: np.floor(a * 1e5))
on_elements("filter", lambda a: a[a < 0.5])
on_elements("histogram", lambda a: np.histogram(a, 100, (0, 1))[0], weigh)
on_elements("bincount", np.bincount, weigh, lambda a: (a * 1000).astype(np.uint16))
on_elements("searchSorted", lambda a: np.searchsorted(a[0], a[1]), weigh, lambda a: (np.sort(a), a))


@job
def fft(n):
    parts = elements(2 * int(n))
    signal = parts[: int(n)] + 1j * parts[int(n) :]
    return lambda: np.fft.fft(signal), lambda spectrum: checksum(spectrum.real)


@job
def convolve(n):
    a, v = elements(int(n)), elements(255)
    return lambda: np.convolve(a, v), checksum


def square(n):
    return elements(int(n) ** 2).reshape(int(n), int(n))


@job
def matmul(n):
    a = square(n)
    return lambda: a @ a, lambda c: checksum(c.reshape(-1))


@job
def matvec(n):
    a = square(n)
    return lambda: a @ a[0], checksum


@job
def transpose(n):
    a = square(n)
    return lambda: np.ascontiguousarray(a.T), lambda c: checksum(c.reshape(-1))


@job
def primes(limit):
    def sieve():
        odd = np.ones(int(limit) // 2, bool)
        for i in range(3, int(int(limit) ** 0.5) + 1, 2):
            if odd[i // 2]:
                odd[i * i // 2 :: i] = False
        return np.concatenate([[2], 2 * np.flatnonzero(odd)[1:] + 1])

    return sieve, weigh


def picture(path, width, height):
    return np.fromfile(path, np.uint8).reshape(int(height), int(width), 4)


def mean(a):
    return float(np.floor(a.mean() / 4))


@job
def grayscale(*args):
    a = picture(*args)

    def grey():
        luma = (a[..., 0] * np.uint32(19595) + a[..., 1] * np.uint32(38470) + a[..., 2] * np.uint32(7471) + 32768) >> 16
        out = a.copy()
        out[..., :3] = luma[..., None]
        return out

    return grey, mean


@job
def crop(*args):
    a = picture(*args)
    h, w = a.shape[:2]
    return lambda: a[h // 4 : h // 4 + h // 2, w // 4 : w // 4 + w // 2].copy(), mean


@job
def imageHistogram(*args):
    a = picture(*args)
    return (
        lambda: np.concatenate([np.bincount(a[..., c].reshape(-1), minlength=256) for c in range(4)]),
        weigh,
    )


@job
def convolve2d(*args):
    a = picture(*args)

    def smooth():
        p = np.pad(a[..., :3].astype(np.float32), ((1, 1), (1, 1), (0, 0)), "edge")
        p = (p[:-2] + 2 * p[1:-1] + p[2:]) / 4
        p = (p[:, :-2] + 2 * p[:, 1:-1] + p[:, 2:]) / 4
        return np.dstack([(p + 0.5).astype(np.uint8), a[..., 3]])

    return smooth, mean


@job
def composite(*args):
    a = picture(*args)
    over = a.reshape(-1)[::-1].reshape(a.shape).copy()
    over[..., 3] = np.arange(a.size // 4).reshape(a.shape[:2]) % 256

    def blend():
        alpha = over[..., 3:] * np.float32(0.75 / 255)
        out = np.empty_like(a)
        out[..., :3] = over[..., :3] * alpha + a[..., :3] * (1 - alpha) + np.float32(0.5)
        out[..., 3] = 255
        return out

    return blend, mean


def content(path):
    with open(path, "rb") as file:
        return file.read()


@job
def wordCount(path):
    text = content(path)

    def count():
        counts = collections.Counter(text.split())
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))

    return count, lambda order: len(order) * 1000 + order[0][1]


@job
def countLines(path):
    text = content(path)
    return lambda: text.count(b"\n"), float


@job
def splitLines(path):
    text = content(path)
    return text.splitlines, lambda lines: sum(map(len, lines))


@job
def parseCsvNumbers(path):
    text = content(path).decode()
    return lambda: np.loadtxt(io.StringIO(text), delimiter=",").sum(), float


@job
def find(path):
    text = content(path)

    def search():
        found, at = [], text.find(b"needle")
        while at >= 0:
            found.append(at)
            at = text.find(b"needle", at + 1)
        return found

    return search, len


@job
def crc32(path):
    data = content(path)
    return lambda: zlib.crc32(data), float


@job
def sha256(path):
    data = content(path)
    parts = [data[i : i + 4096] for i in range(0, len(data), 4096)]
    return lambda: [hashlib.sha256(part).digest() for part in parts], lambda digests: sum(d[0] for d in digests)


@job
def randomUniform(n):
    generator = np.random.Generator(np.random.Philox(42))
    return lambda: generator.random(int(n)), None


@job
def randomNormal(n):
    generator = np.random.Generator(np.random.Philox(42))
    return lambda: generator.standard_normal(int(n)), None


@job
def monteCarloPi(n):
    generator = np.random.Generator(np.random.Philox(42))

    def estimate():
        x, y = generator.random(int(n)), generator.random(int(n))
        return 4 * np.count_nonzero(x * x + y * y <= 1) / int(n)

    return estimate, None


@job
def nbody(n):
    n = int(n)
    state = elements(7 * n)

    def step():
        r, v, mass = state[: 3 * n].reshape(3, n), state[3 * n : 6 * n].reshape(3, n), state[6 * n :]
        gap = r[:, None, :] - r[:, :, None]
        d2 = (gap * gap).sum(0) + 0.01
        pull = mass / (d2 * np.sqrt(d2))
        v = v + (gap * pull).sum(2) * 0.01
        return (r + v * 0.01).reshape(-1)

    return step, weigh


@job
def mandelbrot(width):
    width = int(width)
    height = width * 2 // 3

    def draw():
        c = (-2 + 3.0 * np.arange(width) / width) + 1j * (-1 + 2.0 * np.arange(height) / height)[:, None]
        steps = np.zeros(c.shape, np.uint16)
        live = np.flatnonzero(np.ones(c.size, bool))
        z, c, flat = np.zeros(c.size, complex), c.reshape(-1), steps.reshape(-1)
        for _ in range(500):
            inside = z.real * z.real + z.imag * z.imag <= 4
            live, z, c = live[inside], z[inside], c[inside]
            flat[live] += 1
            z = z * z + c
        return flat

    return draw, None


@job
def kmeans(n):
    points = elements(int(n) * 8).reshape(-1, 8)

    def cluster():
        centres = points[:16]
        for turn in range(11):
            d2 = (points**2).sum(1)[:, None] - 2 * points @ centres.T + (centres**2).sum(1)
            labels = d2.argmin(1)
            if turn < 10:
                counts = np.bincount(labels, minlength=16)
                centres = np.stack([np.bincount(labels, points[:, d], 16) for d in range(8)], 1) / counts[:, None]
        return ((points - centres[labels]) ** 2).sum()

    return cluster, float


def main():
    call, check = JOBS[sys.argv[1]](*sys.argv[2:])
    call()
    print("ready", flush=True)
    for _ in sys.stdin:
        begin = perf_counter_ns()
        result = call()
        answer = {"ns": perf_counter_ns() - begin}
        if check:
            answer["check"] = float(check(result))
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
