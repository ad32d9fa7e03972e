"""Python's multiprocessing in the same tasks; the last line printed is JSON."""

import ctypes
import json
import multiprocessing as mp
from multiprocessing import shared_memory
from multiprocessing.sharedctypes import RawArray
from time import perf_counter

SIZES = {"1 KiB": 2**10, "1 MiB": 2**20, "8 MiB": 2**23, "1 GiB": 2**30}


def echo(data):
    return data


def first(name):
    memory = shared_memory.SharedMemory(name)
    value = memory.buf[0]
    memory.close()
    return value


def per_call(calls, call):
    times = []
    for _ in range(calls):
        start = perf_counter()
        call()
        times.append((perf_counter() - start) * 1e6)
    times.sort()
    return times[calls // 2]


def per_run(runs, calls, call):
    best = float("inf")
    for _ in range(runs):
        start = perf_counter()
        for _ in range(calls):
            call()
        best = min(best, (perf_counter() - start) * 1e6 / calls)
    return best


def create_and_unlink(size):
    memory = shared_memory.SharedMemory(create=True, size=size)
    memory.close()
    memory.unlink()


def open_and_close(name):
    shared_memory.SharedMemory(name).close()


def fill(address, value):
    start = perf_counter()
    ctypes.memset(address, value, 2**30)
    return (perf_counter() - start) * 1e3


def main():
    figures = {}
    with mp.get_context("spawn").Pool(1) as pool:
        for name, size in SIZES.items():
            memory = shared_memory.SharedMemory(create=True, size=size)
            per_call(100, lambda: pool.apply(first, (memory.name,)))
            figures[f"pass {name} by name, µs"] = per_call(
                500, lambda: pool.apply(first, (memory.name,))
            )
            memory.close()
            memory.unlink()
            if size <= 2**23:
                data = bytes(size)
                calls = 500 if size <= 2**20 else 20
                per_call(5, lambda: pool.apply(echo, (data,)))
                figures[f"pass {name}, µs"] = per_call(calls, lambda: pool.apply(echo, (data,)))
    for name, size in {"8 B": 8, "64 KiB": 2**16, "1 MiB": 2**20}.items():
        figures[f"allocate + free {name}, µs"] = per_run(30, 40, lambda: RawArray("B", size))
        figures[f"allocate + free {name} by name, µs"] = per_run(
            30, 40, lambda: create_and_unlink(size)
        )
    memory = shared_memory.SharedMemory(create=True, size=2**16)
    figures["attach 64 KiB, µs"] = per_run(30, 100, lambda: open_and_close(memory.name))
    memory.close()
    memory.unlink()
    memory = shared_memory.SharedMemory(create=True, size=2**30)
    shared = ctypes.c_char.from_buffer(memory.buf)
    figures["1 GiB: first fill, ms"] = fill(ctypes.addressof(shared), 1)
    figures["1 GiB: fill, ms"] = min(fill(ctypes.addressof(shared), 2) for _ in range(5))
    del shared
    memory.close()
    memory.unlink()
    own = ctypes.create_string_buffer(2**30)
    figures["1 GiB of own memory: fill, ms"] = min(fill(ctypes.addressof(own), 2) for _ in range(5))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
