"""Python's multiprocessing doing what ours.ts does: one JSON line of figures."""

import json
import multiprocessing as mp
import time

PAIRS = 200_000
ROUND_TRIPS = 5_000
INCREMENTS = 100_000


def fastest(act, times):
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - start)
    return best / times


def pairs(lock):
    def act():
        acquire, release = lock.acquire, lock.release
        for _ in range(PAIRS):
            acquire()
            release()

    return fastest(act, PAIRS) * 1e9


def answer(ping, pong):
    for _ in range(ROUND_TRIPS):
        ping.acquire()
        pong.release()


def round_trip(context):
    ping, pong = context.Lock(), context.Lock()
    ping.acquire()
    pong.acquire()
    child = context.Process(target=answer, args=(ping, pong))
    child.start()
    times = []
    for _ in range(ROUND_TRIPS):
        start = time.perf_counter()
        ping.release()
        pong.acquire()
        times.append(time.perf_counter() - start)
    child.join()
    return sorted(times)[ROUND_TRIPS // 2] * 1e6


def increment(lock, count, begin):
    begin.wait()
    for _ in range(INCREMENTS):
        with lock:
            count.value += 1


def increments(context):
    lock, count, begin = context.Lock(), context.RawValue("l", 0), context.Event()
    children = [
        context.Process(target=increment, args=(lock, count, begin)) for _ in range(2)
    ]
    for child in children:
        child.start()
    time.sleep(0.2)
    start = time.perf_counter()
    begin.set()
    for child in children:
        child.join()
    seconds = time.perf_counter() - start
    assert count.value == 2 * INCREMENTS
    return 2 * INCREMENTS / seconds / 1e6


if __name__ == "__main__":
    context = mp.get_context("fork")
    print(
        json.dumps(
            {
                "Lock, ns": pairs(context.Lock()),
                "RLock, ns": pairs(context.RLock()),
                "Semaphore, ns": pairs(context.Semaphore(1)),
                "hand-over there and back, µs": round_trip(context),
                "increments under a Lock, million/s": increments(context),
            }
        )
    )
