/* Two processes that wake each other by a shared futex: what a hand-over costs without us. One JSON line. */

#include <linux/futex.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUND_TRIPS = 5000, PAIRS = 5000000 };

/* A lock of three states: free, held, held and somebody may sleep. */
static void acquire(atomic_int *lock) {
  int seen = 0;
  if (atomic_compare_exchange_strong(lock, &seen, 1)) return;
  while (atomic_exchange(lock, 2) != 0) syscall(SYS_futex, lock, FUTEX_WAIT, 2, NULL, NULL, 0);
}

static void release(atomic_int *lock) {
  if (atomic_exchange(lock, 0) == 2) syscall(SYS_futex, lock, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static int ascending(const void *one, const void *two) {
  double difference = *(const double *)one - *(const double *)two;
  return (difference > 0) - (difference < 0);
}

int main(void) {
  atomic_int *locks = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  atomic_int *ping = locks, *pong = locks + 64, *alone = locks + 128;
  static double times[ROUND_TRIPS];
  double start = now();
  for (int i = 0; i < PAIRS; i++) {
    acquire(alone);
    release(alone);
  }
  double pair = (now() - start) * 1e3 / PAIRS;
  acquire(ping);
  acquire(pong);
  if (fork() == 0) {
    for (int i = 0; i < ROUND_TRIPS; i++) {
      acquire(ping);
      release(pong);
    }
    _exit(0);
  }
  for (int i = 0; i < ROUND_TRIPS; i++) {
    start = now();
    release(ping);
    acquire(pong);
    times[i] = now() - start;
  }
  wait(NULL);
  qsort(times, ROUND_TRIPS, sizeof *times, ascending);
  printf("{\"Lock, ns\": %f, \"hand-over there and back, µs\": %f}\n", pair, times[ROUND_TRIPS / 2]);
}
