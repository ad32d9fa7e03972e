"""Python's multiprocessing.Pool with 2 workers under the common workload: see workload.ts."""

import json
import multiprocessing
import os
import sys
import time

IN_FLIGHT = 50_000
ITEMS = 1_000_000
TIMES = 3
CALLS = 10_000


def echo(n):
    return n


def flood(pool):
    start = time.perf_counter()
    results = [pool.apply_async(echo, (i,)) for i in range(IN_FLIGHT)]
    for i, result in enumerate(results):
        assert result.get() == i
    return IN_FLIGHT / (time.perf_counter() - start)


def one_by_one(pool):
    times = []
    for i in range(CALLS):
        start = time.perf_counter()
        assert pool.apply(echo, (i,)) == i
        times.append((time.perf_counter() - start) * 1e6)
    return sorted(times)


def mapped(pool):
    items = list(range(ITEMS))
    start = time.perf_counter()
    results = pool.map(echo, items)
    per_second = ITEMS / (time.perf_counter() - start)
    assert results == items
    return per_second


def memory(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            total += next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    return total / 1024 / len(pids)


def main(method):
    context = multiprocessing.get_context(method)
    start = time.perf_counter()
    with context.Pool(2) as pool:
        assert pool.apply(echo, (1,)) == 1
        first = (time.perf_counter() - start) * 1e3
        pool.map(echo, range(1000), 1)
        mib = memory([child.pid for child in multiprocessing.active_children()])
        flood(pool)
        one_by_one(pool)
        cpu = time.process_time()
        per_second = [flood(pool) for _ in range(TIMES)]
        cost = (time.process_time() - cpu) / (TIMES * IN_FLIGHT) * 1e6
        times = one_by_one(pool)
        mapped(pool)
        print(json.dumps({
            "first": first,
            "memory": mib,
            "perSecond": per_second,
            "cost": cost,
            "p50": times[CALLS // 2],
            "p99": times[CALLS * 99 // 100],
            "mapPerSecond": [mapped(pool) for _ in range(TIMES)],
        }))


if __name__ == "__main__":
    main(sys.argv[1])
