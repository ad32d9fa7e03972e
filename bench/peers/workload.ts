/** The same measurement for every pool: no-op tasks, many in flight, one after another, and mapped. */

import { readFileSync } from "node:fs";
import process from "node:process";
import { childrenOf } from "../../tests/support/proc.ts";

/** What one process measured. */
export interface Figures {
  /** From before the pool was made to its first result, in ms. */
  readonly first: number;
  /** What each of 2 workers takes, in MiB: of processes their share of memory, of threads what it grew by. */
  readonly memory: number;
  /** No-op tasks a second with `IN_FLIGHT` in flight, each time. */
  readonly perSecond: readonly number[];
  /** What a task takes of the submitter's processor then, in µs; missing where it cannot be told. */
  readonly cost?: number;
  /** One call after another: half of them took no longer, in µs. */
  readonly p50: number;
  /** 99 of 100 took no longer, in µs. */
  readonly p99: number;
  /** Items a second of a map of `ITEMS` items, each time; missing where there is no such thing. */
  readonly mapPerSecond?: readonly number[];
}

/** How a pool is used. */
export interface Peer {
  /** Has a worker return its argument. */
  echo(n: number): Promise<number>;
  /** Has workers return each item. */
  map?(items: readonly number[]): Promise<readonly number[]>;
  /** Ends it. */
  close(): unknown;
}

/** How many tasks are given before the first result is looked at. */
export const IN_FLIGHT = 50_000;
/** How many items are mapped. */
export const ITEMS = 1_000_000;
/** How often that is done, after once to warm up. */
const TIMES = 3;
/** How many calls are made one after another. */
const CALLS = 10_000;

/** Measures a pool of 2 workers, and prints the figures. */
export async function measurePeer(make: () => Peer | Promise<Peer>): Promise<void> {
  const before = process.memoryUsage().rss;
  const start = performance.now();
  const peer = await make();
  expect(await peer.echo(1), 1);
  const first = performance.now() - start;
  await Promise.all(Array.from({ length: 1_000 }, (_, i) => peer.echo(i)));
  const memory = memoryOfWorkers(before);
  await flood(peer);
  await oneByOne(peer);
  const cpu = cpuOfThisThread();
  const perSecond: number[] = [];
  for (let i = 0; i < TIMES; i++) perSecond.push(await flood(peer));
  const spent = cpuOfThisThread();
  const sorted = (await oneByOne(peer)).sort();
  const figures: Figures = {
    first,
    memory,
    perSecond,
    cost: cpu === undefined ? undefined : (spent! - cpu) / (TIMES * IN_FLIGHT),
    p50: sorted[CALLS / 2],
    p99: sorted[CALLS * 0.99],
    mapPerSecond: await mapped(peer),
  };
  await peer.close();
  console.log(JSON.stringify(figures));
}

async function flood({ echo }: Peer): Promise<number> {
  const start = performance.now();
  const pending: Promise<number>[] = [];
  for (let i = 0; i < IN_FLIGHT; i++) pending.push(echo(i));
  const results = await Promise.all(pending);
  const seconds = (performance.now() - start) / 1e3;
  results.forEach(expect);
  return IN_FLIGHT / seconds;
}

async function oneByOne({ echo }: Peer): Promise<Float64Array> {
  const times = new Float64Array(CALLS);
  for (let i = 0; i < CALLS; i++) {
    const start = performance.now();
    const result = await echo(i);
    times[i] = 1e3 * (performance.now() - start);
    expect(result, i);
  }
  return times;
}

async function mapped({ map }: Peer): Promise<number[] | undefined> {
  if (map === undefined) return undefined;
  const items = Array.from({ length: ITEMS }, (_, i) => i);
  const perSecond: number[] = [];
  for (let i = 0; i <= TIMES; i++) {
    const start = performance.now();
    const results = await map(items);
    perSecond.push(ITEMS / (performance.now() - start) * 1e3);
    results.forEach(expect);
  }
  return perSecond.slice(1);
}

function expect(result: number, wanted: number): void {
  if (result !== wanted) throw new Error(`Got ${result} back for ${wanted}`);
}

/** In MiB, for each of 2 workers. */
function memoryOfWorkers(before: number): number {
  const children = childrenOf(process.pid);
  if (children.length === 0) return (process.memoryUsage().rss - before) / 2 ** 21;
  const kibibytes = children.map(({ pid }) => {
    const [, pss] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))!;
    return Number(pss);
  });
  return kibibytes.reduce((sum, each) => sum + each, 0) / 2 / 1024;
}

/** In µs; with workers that are threads, only a runtime that counts threads apart can tell. */
function cpuOfThisThread(): number | undefined {
  const { threadCpuUsage } = process as { threadCpuUsage?: () => NodeJS.CpuUsage };
  const usage = threadCpuUsage === undefined || "Bun" in globalThis || "Deno" in globalThis
    ? childrenOf(process.pid).length === 0 ? undefined : process.cpuUsage()
    : threadCpuUsage.call(process);
  return usage === undefined ? undefined : usage.user + usage.system;
}
