/**
 * How a pool scales, for `deno bench -A bench/pool_bench.ts`: the same load by a plain loop and by pools of 1, 2 and as
 * many workers as there are processors; and what single calls and many items cost.
 */

import { cpuCount, isMainProcess, Pool } from "../mod.ts";
import { fib, mandelbrotRow, SIDE, turnAround } from "./scaling/work.ts";

function withWorkers(
  pools: Map<number, Pool>,
  group: string,
  use: (pool: Pool) => Promise<unknown>,
): void {
  for (const [size, pool] of pools) {
    Deno.bench({
      name: `${size} worker${size === 1 ? "" : "s"}`,
      group,
      async fn() {
        await use(pool);
      },
    });
  }
}

function register(pools: Map<number, Pool>): void {
  const items: number[] = Array(64).fill(25);
  Deno.bench({
    name: "plain loop",
    group: "fib(25) × 64",
    baseline: true,
    fn() {
      items.map(fib);
    },
  });
  withWorkers(pools, "fib(25) × 64", (pool) => pool.map(fib, items));

  const rows = Array.from({ length: SIDE }, (_, y) => y);
  Deno.bench({
    name: "plain loop",
    group: `Mandelbrot, ${SIDE} rows`,
    baseline: true,
    fn() {
      rows.map(mandelbrotRow);
    },
  });
  withWorkers(pools, `Mandelbrot, ${SIDE} rows`, (pool) => pool.map(mandelbrotRow, rows));

  withWorkers(pools, "one call", (pool) => pool.apply(turnAround, [0]));

  const nothings: number[] = Array(10_000).fill(0);
  withWorkers(
    pools,
    "10,000 calls at once",
    (pool) => Promise.all(nothings.map((item) => pool.apply(turnAround, [item]))),
  );
  withWorkers(pools, "map of 10,000 items", (pool) => pool.map(turnAround, nothings));
}

// The workers import this module as well: it is the main one, where functions are looked for first.
if (isMainProcess()) {
  const sizes = [...new Set([1, 2, cpuCount()])];
  // Not closed: they end with this process, and are idle meanwhile.
  register(new Map(sizes.map((size) => [size, new Pool(size)])));
}
