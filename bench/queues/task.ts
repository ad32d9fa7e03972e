/** The same task for everybody: who answers messages, how many there are, and what is told of them. */

import process from "node:process";
import type { Figures } from "../contest.ts";

/** What is measured: small messages one way, large ones, and round trips. */
export const TASKS = ["small", "large", "trips"] as const;

/** Whether a task is among those that the arguments of a script name; without any, all are. */
export function isAsked(task: typeof TASKS[number]): boolean {
  const asked = process.argv.slice(2);
  return asked.length === 0 || asked.includes(task);
}

/** How many small messages go one way. */
export const MESSAGES = 200_000;

/** How many round trips are timed one by one. */
export const ROUND_TRIPS = 5_000;

/** How many round trips begin when both sides have gone to sleep. */
export const PARKED = 200;

/** For how long nothing is sent before a parked round trip, in ms. */
export const REST = 3;

/** How large messages are called, how many bytes they have, and how many of them go one way. */
export const LARGE: readonly (readonly [string, number, number])[] = [
  ["64 KiB", 64 * 2 ** 10, 4_000],
  ["8 MiB", 8 * 2 ** 20, 60],
];

/** A small message that is not a number. */
export interface Small {
  readonly id: number;
  readonly name: string;
  readonly ok: boolean;
}

/** The small message of a number. */
export function small(id: number): Small {
  return { id, name: "ada", ok: true };
}

/** The middle and nearly the worst of some times, in the unit in which they are given. */
export function quantiles(times: Float64Array): { p50: number; p99: number } {
  const sorted = times.toSorted();
  return { p50: sorted[sorted.length >> 1], p99: sorted[Math.floor(sorted.length * 0.99)] };
}

/** Times round trips one by one, hot and parked; the name says how they are made. */
export async function timeRoundTrips(
  figures: Figures,
  name: string,
  trip: (i: number) => Promise<void>,
): Promise<void> {
  const timed = async (i: number) => {
    const start = performance.now();
    await trip(i);
    return (performance.now() - start) * 1_000;
  };
  for (let i = 0; i < 1_000; i++) await trip(i);
  const hot = new Float64Array(ROUND_TRIPS);
  for (let i = 0; i < hot.length; i++) hot[i] = await timed(i);
  const parked = new Float64Array(PARKED);
  for (let i = 0; i < parked.length; i++) {
    await rest(REST);
    parked[i] = await timed(i);
  }
  for (const [how, times] of [["hot", hot], ["parked", parked]] as const) {
    const { p50, p99 } = quantiles(times);
    figures[`round trip, ${how}, ${name}, p50 µs`] = p50;
    figures[`round trip, ${how}, ${name}, p99 µs`] = p99;
  }
}

/** Millions of messages a second. */
export function millions(count: number, milliseconds: number): number {
  return count / milliseconds / 1_000;
}

/** GiB a second. */
export function gibibytes(bytes: number, milliseconds: number): number {
  return bytes / 2 ** 30 / milliseconds * 1_000;
}

/** How fast this runtime copies so many bytes from one buffer to another, in GiB a second. */
export function copySpeed(byteLength: number): number {
  const from = new Uint8Array(byteLength).fill(1);
  const to = new Uint8Array(byteLength);
  const count = Math.ceil(2 ** 28 / byteLength);
  let best = Infinity;
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    for (let i = 0; i < count; i++) to.set(from);
    best = Math.min(best, performance.now() - start);
  }
  return gibibytes(count * byteLength, best);
}

/** How fast it copies so many bytes into memory of their own, as who receives a message must, in GiB a second. */
export function sliceSpeed(byteLength: number): number {
  const from = new Uint8Array(byteLength).fill(1);
  const count = Math.ceil(2 ** 28 / byteLength);
  let best = Infinity;
  let sum = 0;
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    for (let i = 0; i < count; i++) sum += from.slice().length;
    best = Math.min(best, performance.now() - start);
  }
  return gibibytes(sum / 5, best);
}

/** Nothing happens for some ms. */
export function rest(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
