"""A dict in Python's manager in the same tasks; the last line printed is JSON."""

import json
import multiprocessing as mp
from time import perf_counter

KEYS = [f"key {i}" for i in range(1000)]
RECORD = {"id": 7, "name": "Ada Lovelace", "born": 1815, "tags": ["a", "b"], "isActive": True}


def per_call(call, calls=1000, runs=6):
    best = float("inf")
    for _ in range(runs):
        start = perf_counter()
        for i in range(calls):
            call(i)
        best = min(best, (perf_counter() - start) * 1e6 / calls)
    return best


def mix(shared, barrier, results):
    barrier.wait()
    end = perf_counter() + 1
    times = 0
    while perf_counter() < end:
        shared[KEYS[times * 7 % 1000]] = times
        shared.get(KEYS[times * 13 % 1000])
        times += 2
    results.put(times)


def count(shared, lock, barrier, results):
    barrier.wait()
    end = perf_counter() + 1
    times = 0
    while perf_counter() < end:
        with lock:
            shared["it"] = shared.get("it", 0) + 1
        times += 1
    results.put(times)


def together(context, work, *args):
    results = context.Queue()
    barrier = context.Barrier(4)
    processes = [context.Process(target=work, args=(*args, barrier, results)) for _ in range(4)]
    for process in processes:
        process.start()
    times = sum(results.get() for _ in processes)
    for process in processes:
        process.join()
    return times


def change(shared, lock, key):
    with lock:
        shared[key] = shared[key] + 1


def main():
    context = mp.get_context("spawn")
    figures = {}
    with context.Manager() as manager:
        shared = manager.dict()
        lock = context.Lock()
        key = lambda i: KEYS[i % 1000]
        figures["set a number, µs"] = per_call(lambda i: shared.__setitem__(key(i), i))
        figures["get a number, µs"] = per_call(lambda i: shared.get(key(i)))
        figures["has, µs"] = per_call(lambda i: key(i) in shared)
        figures["update, µs"] = per_call(lambda i: change(shared, lock, key(i)))
        figures["set a record, µs"] = per_call(lambda i: shared.__setitem__(key(i), RECORD))
        figures["get a record, µs"] = per_call(lambda i: shared.get(key(i)))

        def anew(i):
            del shared[key(i)]
            shared[key(i)] = i

        figures["delete and set anew, µs"] = per_call(anew)
        figures["iterate, µs an entry"] = per_call(lambda i: list(shared.items()), 20) / 1000
        figures["copy the whole, µs an entry"] = per_call(lambda i: shared.copy(), 20) / 1000
        figures["4 processes: gets and sets a second"] = together(context, mix, shared)
        figures["4 processes, 1 key: updates a second"] = together(context, count, shared, lock)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
