/** The loads: each as a plain loop, as a part of that, and by a pool. */

// Only a type: bare processes have these loads, too.
import type { Pool } from "../../mod.ts";
import {
  countPrimes,
  fib,
  LARGE_SIDE,
  largeMandelbrotRow,
  mandelbrotRow,
  multiplyRows,
  ORDER,
  RANGE,
  SIDE,
  turnAround,
} from "./work.ts";

/** A load. */
export interface Load {
  /** What it is called. */
  readonly name: string;
  /** Done here. */
  loop(): unknown;
  /** Every `parts`-th item from `first` on, done here: so each part has as much of what takes long. */
  part(first: number, parts: number): unknown;
  /** Done by a pool. */
  pool(pool: Pool): Promise<unknown>;
}

/** Makes the matrices: a length, or numbers. */
export interface Matrices {
  /** A matrix of zeros. */
  (length: number): Float64Array;
  /** A matrix of these numbers. */
  (numbers: readonly number[]): Float64Array;
}

function every<T>(items: readonly T[], first: number, parts: number): readonly T[] {
  return items.filter((_, i) => i % parts === first);
}

/** One function, many items. */
function mapped<T, R>(name: string, fn: (item: T) => R, items: readonly T[]): Load {
  const part = (some: readonly T[]): R[] => some.map((item) => fn(item));
  return {
    name,
    loop: () => part(items),
    part: (first, parts) => part(every(items, first, parts)),
    pool: (pool) => pool.map(fn, items),
  };
}

function numbers(length: number, number: (index: number) => number): number[] {
  return Array.from({ length }, (_, index) => number(index));
}

/** How many rows of a matrix are one item. */
const ROWS = 8;

function matrixProduct(times: number, matrix: Matrices): Load {
  const size = ORDER * ORDER;
  const a = matrix(numbers(size, (i) => (i * 7) % 11));
  const b = matrix(numbers(size, (i) => (i * 5) % 13));
  const items = Array.from({ length: times }, () => {
    const c = matrix(size);
    return numbers(ORDER / ROWS, (i) => i * ROWS).map((from): Parameters<
      typeof multiplyRows
    > => [a, b, c, from, from + ROWS]);
  }).flat();
  const part = (some: typeof items): void => some.forEach((item) => multiplyRows(...item));
  return {
    name: `${times} × the product of two matrices of ${ORDER} × ${ORDER}`,
    loop: () => part(items),
    part: (first, parts) => part([...every(items, first, parts)]),
    pool: (pool) => pool.starmap(multiplyRows, items),
  };
}

/** Tasks of a length, as calls of their own and as items of a map. */
function short(microseconds: number, perMicrosecond: number): Load[] {
  const rounds = Math.round(microseconds * perMicrosecond);
  const items: number[] = Array(Math.round(1_000_000 / microseconds)).fill(rounds);
  const map = mapped(
    `${items.length.toLocaleString("en")} × ${microseconds} µs, map`,
    turnAround,
    items,
  );
  return [
    map,
    {
      ...map,
      name: map.name.replace("map", "a call each"),
      pool: (pool) => Promise.all(items.map((item) => pool.apply(turnAround, [item]))),
    },
  ];
}

/** How long a load is: some tens of ms in a plain loop, or a second and more. */
export type Size = "short" | "long";

/**
 * What only computes.
 *
 * @param matrix Makes the matrices: shared where a pool is to have them.
 */
export function loads(size: Size, matrix: Matrices): Load[] {
  const isLong = size === "long";
  const n = isLong ? 31 : 27;
  const ranges = isLong ? 2_400 : 200;
  const [rows, largeRows] = isLong ? [40 * SIDE, 3 * LARGE_SIDE] : [SIDE, SIDE / 4];
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
      `Mandelbrot, ${rows} rows of ${SIDE} points`,
      mandelbrotRow,
      numbers(rows, (i) => i % SIDE),
    ),
    mapped(
      `Mandelbrot, ${largeRows} rows of ${LARGE_SIDE} points`,
      largeMandelbrotRow,
      numbers(largeRows, (i) => (isLong ? i : i * 16) % LARGE_SIDE),
    ),
    matrixProduct(isLong ? 32 : 1, matrix),
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

/**
 * Short tasks, a second of them.
 *
 * @param perMicrosecond How many rounds of {@linkcode turnAround} take a microsecond on this machine and runtime.
 */
export function shortTasks(perMicrosecond: number): Load[] {
  return [10, 100, 1_000].flatMap((length) => short(length, perMicrosecond));
}
