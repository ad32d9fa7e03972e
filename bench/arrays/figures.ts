/** What one process measures, and how. */

/** Microseconds a call: half of `calls` took no longer. */
export async function perCall(calls: number, call: () => unknown): Promise<number> {
  const times = new Float64Array(calls);
  for (let i = 0; i < calls; i++) {
    const start = performance.now();
    await call();
    times[i] = (performance.now() - start) * 1e3;
  }
  return times.sort()[calls >> 1];
}

/** Microseconds a call, in the best of many short runs: some have a processor for themselves. */
export function perRun(runs: number, calls: number, call: () => void): number {
  let best = Infinity;
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) call();
    best = Math.min(best, (performance.now() - start) * 1e3 / calls);
  }
  return best;
}

/** Milliseconds of one call. */
export function milliseconds(call: () => unknown): number {
  const start = performance.now();
  call();
  return performance.now() - start;
}

/** Sizes by name. */
export const SIZES: Readonly<Record<string, number>> = {
  "1 KiB": 2 ** 10,
  "1 MiB": 2 ** 20,
  "8 MiB": 2 ** 23,
  "1 GiB": 2 ** 30,
};
