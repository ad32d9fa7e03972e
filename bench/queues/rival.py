"""Python's multiprocessing.Queue in the same tasks; the last line printed is JSON."""

import json
import multiprocessing as mp
import sys
from time import perf_counter, sleep

MESSAGES = 200_000
ROUND_TRIPS = 5_000
PARKED = 200
REST = 0.003
ASKED = sys.argv[1:] or ["small", "large", "trips"]
LARGE = [("64 KiB", 64 * 2**10, 2_000), ("8 MiB", 8 * 2**20, 15)]


def drain(queue, done):
    while True:
        count = queue.get()
        if count == 0:
            return
        for _ in range(count):
            queue.get()
        done.put(count)


def echo(requests, replies):
    while True:
        request = requests.get()
        if request == "end":
            return
        replies.put(request)


def one_way(figures):
    queue, done = mp.Queue(10_000), mp.Queue()
    child = mp.Process(target=drain, args=(queue, done))
    child.start()

    def run(count, message):
        queue.put(count)
        start = perf_counter()
        for i in range(count):
            queue.put(message(i))
        done.get()
        return perf_counter() - start

    small = [
        ("numbers", lambda i: i),
        ("objects", lambda i: {"id": i, "name": "ada", "ok": True}),
    ]
    for name, message in small if "small" in ASKED else []:
        run(MESSAGES // 4, message)
        figures[f"{name}, sync, M/s"] = MESSAGES / run(MESSAGES, message) / 1e6
    for name, size, count in LARGE if "large" in ASKED else []:
        data = b"\1" * size
        run(count // 4, lambda _: data)
        figures[f"{name}, GiB/s"] = size * count / 2**30 / run(count, lambda _: data)
    queue.put(0)
    child.join()


def round_trips(figures):
    requests, replies = mp.Queue(), mp.Queue()
    child = mp.Process(target=echo, args=(requests, replies))
    child.start()

    def trip(i):
        start = perf_counter()
        requests.put(i)
        replies.get()
        return (perf_counter() - start) * 1e6

    def parked(i):
        sleep(REST)
        return trip(i)

    for i in range(1_000):
        trip(i)
    for name, count, one in [("hot", ROUND_TRIPS, trip), ("parked", PARKED, parked)]:
        times = sorted(one(i) for i in range(count))
        figures[f"round trip, {name}, sync, p50 µs"] = times[count // 2]
        figures[f"round trip, {name}, sync, p99 µs"] = times[int(count * 0.99)]
    requests.put("end")
    child.join()


if __name__ == "__main__":
    figures = {}
    one_way(figures)
    if "trips" in ASKED:
        round_trips(figures)
    print(json.dumps(figures))
