/** The loads: each as a plain loop, and by a pool. */

import { type Pool, sharedArray } from "../../mod.ts";
import {
  countPrimes,
  fib,
  mandelbrotRow,
  multiplyRows,
  ORDER,
  RANGE,
  roundsPerMicrosecond,
  SIDE,
  turnAround,
} from "./work.ts";

/** A load. */
export interface Load {
  /** What it is called. */
  readonly name: string;
  /** Done here. */
  loop(): unknown;
  /** Done by a pool. */
  pool(pool: Pool): Promise<unknown>;
}

/** One function, many items. */
function mapped<T, R>(name: string, fn: (item: T) => R, items: readonly T[]): Load {
  return { name, loop: () => items.map((item) => fn(item)), pool: (pool) => pool.map(fn, items) };
}

function numbers(length: number, number: (index: number) => number): number[] {
  return Array.from({ length }, (_, index) => number(index));
}

/** How many rows of a matrix are one item. */
const ROWS = 8;

function matrixProduct(times: number): Load {
  const size = ORDER * ORDER;
  const a = sharedArray(Float64Array, numbers(size, (i) => (i * 7) % 11));
  const b = sharedArray(Float64Array, numbers(size, (i) => (i * 5) % 13));
  const items = Array.from({ length: times }, () => {
    const c = sharedArray(Float64Array, size);
    return numbers(ORDER / ROWS, (i) => i * ROWS).map((from): Parameters<
      typeof multiplyRows
    > => [a, b, c, from, from + ROWS]);
  }).flat();
  return {
    name: `${times} × the product of two matrices of ${ORDER} × ${ORDER}`,
    loop: () => items.forEach((item) => multiplyRows(...item)),
    pool: (pool) => pool.starmap(multiplyRows, items),
  };
}

/** Tasks of a length, as calls of their own and as items of a map. */
function short(microseconds: number, perMicrosecond: number): Load[] {
  const rounds = Math.round(microseconds * perMicrosecond);
  const items: number[] = Array(Math.round(1_000_000 / microseconds)).fill(rounds);
  const loop = (): unknown => items.map(turnAround);
  const each = `${items.length.toLocaleString("en")} × ${microseconds} µs`;
  return [
    { name: `${each}, map`, loop, pool: (pool) => pool.map(turnAround, items) },
    {
      name: `${each}, a call each`,
      loop,
      pool: (pool) => Promise.all(items.map((item) => pool.apply(turnAround, [item]))),
    },
  ];
}

/** How long a load is: some tens of ms in a plain loop, or a second and more. */
export type Size = "short" | "long";

/** What only computes. */
export function loads(size: Size): Load[] {
  const isLong = size === "long";
  const n = isLong ? 31 : 27;
  const ranges = isLong ? 2_400 : 200;
  const pictures = isLong ? 40 : 1;
  // fib(n + 10) takes 123 times as long as fib(n).
  const [cheap, dear] = isLong ? [21, 31] : [16, 26];
  return [
    mapped(`fib(${n}) × 128`, fib, numbers(128, () => n)),
    mapped(
      `primes below ${(ranges * RANGE).toLocaleString("en")}`,
      countPrimes,
      numbers(ranges, (i) => i * RANGE),
    ),
    mapped(
      `Mandelbrot, ${pictures} × ${SIDE} rows`,
      mandelbrotRow,
      numbers(pictures * SIDE, (i) => i % SIDE),
    ),
    matrixProduct(isLong ? 32 : 1),
    mapped(
      "uneven: 1,000, the last tenth 100 × longer",
      fib,
      numbers(1_000, (i) => i < 900 ? cheap : dear),
    ),
    mapped(
      "uneven: 1,000, the first tenth 100 × longer",
      fib,
      numbers(1_000, (i) => i < 100 ? dear : cheap),
    ),
  ];
}

/** Short tasks, a second of them; they are as long as they say on this machine and runtime. */
export function shortTasks(): Load[] {
  const perMicrosecond = roundsPerMicrosecond();
  return [10, 100, 1_000].flatMap((length) => short(length, perMicrosecond));
}
