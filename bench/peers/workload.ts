/** The same measurement for every pool: no-op tasks, many in flight, then one after another. */

/** What one process measured. */
export interface Figures {
  /** No-op tasks a second with `IN_FLIGHT` in flight, each time. */
  readonly perSecond: readonly number[];
  /** One call after another: half of them took no longer, in µs. */
  readonly p50: number;
  /** 99 of 100 took no longer, in µs. */
  readonly p99: number;
}

/** How many tasks are given before the first result is looked at. */
export const IN_FLIGHT = 50_000;
/** How often that is done. */
const TIMES = 5;
/** How many calls are made one after another. */
const CALLS = 20_000;

/** Measures a pool, by its function that has a worker return its argument; the first round is warm-up. */
export async function measurePool(echo: (n: number) => Promise<number>): Promise<Figures> {
  await flood(echo);
  await oneByOne(echo);
  const perSecond: number[] = [];
  for (let i = 0; i < TIMES; i++) perSecond.push(await flood(echo));
  const sorted = (await oneByOne(echo)).sort();
  return { perSecond, p50: sorted[CALLS / 2], p99: sorted[CALLS * 0.99] };
}

async function flood(echo: (n: number) => Promise<number>): Promise<number> {
  const start = performance.now();
  const pending: Promise<number>[] = [];
  for (let i = 0; i < IN_FLIGHT; i++) pending.push(echo(i));
  const results = await Promise.all(pending);
  const seconds = (performance.now() - start) / 1e3;
  results.forEach((result, i) => expect(result, i));
  return IN_FLIGHT / seconds;
}

async function oneByOne(echo: (n: number) => Promise<number>): Promise<Float64Array> {
  const times = new Float64Array(CALLS);
  for (let i = 0; i < CALLS; i++) {
    const start = performance.now();
    const result = await echo(i);
    times[i] = 1e3 * (performance.now() - start);
    expect(result, i);
  }
  return times;
}

function expect(result: number, wanted: number): void {
  if (result !== wanted) throw new Error(`Got ${result} back for ${wanted}`);
}
