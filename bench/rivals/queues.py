"""Python's Queue and Pipe, in the line protocol of LineProcess.ts. Arguments: a kind of message | ping, n."""

import json
import sys
from multiprocessing import Pipe, Process, Queue
from time import perf_counter_ns

BLOCKS = {"1 KiB": bytearray(b"\1" * 1024), "64 KiB": bytearray(b"\1" * 65536)}


def block(kind, i):
    BLOCKS[kind][0] = i & 255
    return bytes(BLOCKS[kind])


KINDS = {
    "numbers": (lambda i: i + 0.5, lambda x: x),
    "pairs": (lambda i: (i, 0.5), lambda pair: pair[0] + pair[1]),
    "objects": (
        lambda i: {"id": i, "name": "soup", "price": 4.5, "done": False},
        lambda dish: dish["id"] + dish["price"],
    ),
    "1 KiB": (lambda i: block("1 KiB", i), lambda data: data[0] + len(data)),
    "64 KiB": (lambda i: block("64 KiB", i), lambda data: data[0] + len(data)),
}


def produce(queue, orders, kind, n):
    """A round for every order, until the pipe closes."""
    make = KINDS[kind][0]
    while orders.recv():
        for i in range(n):
            queue.put(make(i))


def echo(there):
    while True:
        message = there.recv()
        if message is None:
            return
        there.send(message)


def stream(kind, n):
    queue = Queue()
    orders, theirs = Pipe()
    child = Process(target=produce, args=(queue, theirs, kind, n), daemon=True)
    child.start()
    read = KINDS[kind][1]

    def round():
        begin = perf_counter_ns()
        orders.send(True)
        total = 0
        for _ in range(n):
            total += read(queue.get())
        return {"ns": perf_counter_ns() - begin, "check": total}

    return round


def ping(n):
    here, there = Pipe()
    Process(target=echo, args=(there,), daemon=True).start()

    def round():
        begin = perf_counter_ns()
        for i in range(n):
            here.send(i)
            here.recv()
        return {"ns": perf_counter_ns() - begin}

    return round


def main():
    what, n = sys.argv[1], int(sys.argv[2])
    round = ping(n) if what == "ping" else stream(what, n)
    print("ready", flush=True)
    for _ in sys.stdin:
        print(json.dumps(round()), flush=True)


if __name__ == "__main__":
    main()
