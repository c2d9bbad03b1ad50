"""Python's manager dict, in the line protocol of LineProcess.ts. Arguments: set | get | update, n, keys."""

import json
import sys
from multiprocessing import Manager
from time import perf_counter_ns


def main():
    what, n, keys = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with Manager() as manager:
        names = [f"key {i}" for i in range(keys)]
        shared = manager.dict({name: i + 0.5 for i, name in enumerate(names)})
        print("ready", flush=True)
        for _ in sys.stdin:
            total = 0
            begin = perf_counter_ns()
            if what == "set":
                for i in range(n):
                    shared[names[i % keys]] = i % keys + 0.5
            else:
                for i in range(n):
                    total += shared[names[i % keys]]
            ns = perf_counter_ns() - begin
            if what == "set":
                total = sum(shared.values()) * (n // keys)
            print(json.dumps({"ns": ns, "check": total}), flush=True)


if __name__ == "__main__":
    main()
