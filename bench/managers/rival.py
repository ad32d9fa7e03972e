"""Python's Manager().dict(); the last line printed is JSON: microseconds an operation."""

import json
import multiprocessing as mp
from time import perf_counter


def per_call(calls, call):
    start = perf_counter()
    for _ in range(calls):
        call()
    return (perf_counter() - start) * 1e6 / calls


def work(shared, calls, queue):
    queue.put(per_call(calls, lambda: shared.get("key")))


def main():
    figures = {}
    with mp.get_context("spawn").Manager() as manager:
        shared = manager.dict()
        shared["key"] = 1
        per_call(300, lambda: shared.get("key"))
        figures["get, µs"] = per_call(3000, lambda: shared["key"])
        figures["set, µs"] = per_call(3000, lambda: shared.__setitem__("key", 1))
        record = {"id": 7, "name": "seven", "tags": ["a", "b"]}
        figures["set and get a record, µs"] = per_call(
            2000, lambda: (shared.__setitem__("record", record), shared["record"])
        )
        context = mp.get_context("spawn")
        queue = context.Queue()
        children = [context.Process(target=work, args=(shared, 3000, queue)) for _ in range(4)]
        for child in children:
            child.start()
        figures["get, 4 processes at a time, µs"] = sum(queue.get() for _ in children) / 16
        for child in children:
            child.join()
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
