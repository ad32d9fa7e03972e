"""The dict of Python's manager; the last line printed is JSON: microseconds an operation."""

import json
import multiprocessing as mp
from time import perf_counter, sleep

RUNS = 15
RECORD = {"id": 7, "name": "seven", "tags": ["a", "b"]}


def per_call(calls, call):
    times = []
    for _ in range(RUNS):
        start = perf_counter()
        for _ in range(calls):
            call()
        times.append((perf_counter() - start) * 1e6 / calls)
    return sorted(times)[RUNS // 2]


def work(shared, queue):
    queue.put(per_call(300, lambda: shared.get("key")))


def set_and_get(shared):
    shared["record"] = RECORD
    return shared["record"]


def parked(shared):
    times = []
    for _ in range(100):
        sleep(0.003)
        start = perf_counter()
        shared.get("key")
        times.append((perf_counter() - start) * 1e6)
    return sorted(times)[50]


def main():
    figures = {}
    context = mp.get_context("spawn")
    with context.Manager() as manager:
        shared = manager.dict()
        shared["key"] = 1
        figures["get, µs"] = per_call(500, lambda: shared["key"])
        figures["set, µs"] = per_call(500, lambda: shared.__setitem__("key", 1))
        figures["set and get a record, µs"] = per_call(300, lambda: set_and_get(shared))
        figures["get after a rest, µs"] = parked(shared)
        queue = context.Queue()
        children = [context.Process(target=work, args=(shared, queue)) for _ in range(4)]
        for child in children:
            child.start()
        figures["get, 4 processes, µs between two"] = sum(queue.get() for _ in children) / 16
        for child in children:
            child.join()
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
