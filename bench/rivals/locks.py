"""Python's locks, in the line protocol of LineProcess.ts. Arguments: lock | value, n."""

import json
import sys
from multiprocessing import Barrier, Lock, Process, Value
from time import perf_counter_ns


def pairs(lock, n):
    for _ in range(n):
        lock.acquire()
        lock.release()


def count(value, start, n):
    start.wait()
    for _ in range(n):
        with value.get_lock():
            value.value += 1


def contended(n):
    """Two processes; from the moment when both are there."""
    value, start = Value("i", 0), Barrier(3)
    children = [Process(target=count, args=(value, start, n)) for _ in range(2)]
    for child in children:
        child.start()
    start.wait()
    begin = perf_counter_ns()
    for child in children:
        child.join()
    return perf_counter_ns() - begin, value.value


def main():
    what, n = sys.argv[1], int(sys.argv[2])
    lock = Lock()
    print("ready", flush=True)
    for _ in sys.stdin:
        if what == "value":
            ns, check = contended(n)
        else:
            begin = perf_counter_ns()
            pairs(lock, n)
            ns, check = perf_counter_ns() - begin, n
        print(json.dumps({"ns": ns, "check": check}), flush=True)


if __name__ == "__main__":
    main()
