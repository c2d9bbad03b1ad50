"""Python's Pool.map over n numbers, in the line protocol of LineProcess.ts. Arguments: n, processes."""

import json
import sys
from multiprocessing import Pool
from time import perf_counter_ns


def square(x):
    return x * x


def main():
    n, processes = int(sys.argv[1]), int(sys.argv[2])
    with Pool(processes) as pool:
        pool.map(square, range(1000))
        print("ready", flush=True)
        for _ in sys.stdin:
            begin = perf_counter_ns()
            squares = pool.map(square, range(n))
            ns = perf_counter_ns() - begin
            print(json.dumps({"ns": ns, "check": sum(squares)}), flush=True)


if __name__ == "__main__":
    main()
