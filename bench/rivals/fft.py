"""numpy.fft.fft of n complex numbers, in the line protocol of LineProcess.ts. Argument: n."""

import json
import sys
from time import perf_counter_ns

import numpy as np


def element(i):
    """What data.ts gives for the indices i."""
    x = i.astype(np.uint32) * np.uint32(0x9E3779B1)
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    x = (x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    high = x ^ (x >> np.uint32(16))
    x = (high + np.uint32(0x6D2B79F5)) * np.uint32(0x2C1B3C6D)
    x = x ^ (x >> np.uint32(15))
    return (high * 2.0**21 + (x >> np.uint32(11))) * 2.0**-53


def main():
    n = int(sys.argv[1])
    parts = element(np.arange(2 * n))
    signal = parts[:n] + 1j * parts[n:]
    weights = np.arange(1000) % 7 + 1
    np.fft.fft(signal)
    print("ready", flush=True)
    for _ in sys.stdin:
        begin = perf_counter_ns()
        spectrum = np.fft.fft(signal)
        ns = perf_counter_ns() - begin
        check = float((spectrum.real[: 1000 * (n // 1000) : n // 1000] * weights).sum())
        print(json.dumps({"ns": ns, "check": check}), flush=True)


if __name__ == "__main__":
    main()
