/** How much faster many workers are than one. */
import { median } from "./format.ts";
import type { Batch } from "./piece.ts";

/** Two ways to do the same, timed in turn. */
export interface Comparison {
  /** How long one worker took each time, in ms. */
  readonly one: readonly number[];
  /** How long all workers took each time, in ms. */
  readonly all: readonly number[];
  /** The ratio of the medians. */
  readonly speedUp: number;
}

/** How long the whole comparison should take, in ms. */
const BUDGET = 6_000;
/** How long one pass should take at most, in ms. */
const LONGEST_PASS = 3_000;
/** How often each is timed, if the budget allows more or less. */
const [FEWEST, MOST] = [3, 15];

/** What is done again and again: everything, or of a large folder every n-th task. */
export interface Sample {
  /** The tasks. */
  readonly batches: readonly Batch[];
  /** Of how many tasks each is one. */
  readonly every: number;
}

/** Chooses what to compare with, after a first pass over everything. */
export function sample(batches: readonly Batch[], milliseconds: number): Sample {
  const every = Math.max(1, Math.ceil(milliseconds / LONGEST_PASS));
  return { batches: batches.filter((_, index) => index % every === 0), every };
}

/**
 * Times two ways of doing the same: after a pass of each that does not count, in turn, and every
 * second time in the other order, so that whatever else the machine does hits both alike.
 */
export async function compare(
  one: () => Promise<unknown>,
  all: () => Promise<unknown>,
): Promise<Comparison> {
  const pass = await time(one) + await time(all);
  const rounds = Math.min(MOST, Math.max(FEWEST, Math.floor(BUDGET / Math.max(1, pass))));
  const times = { one: [] as number[], all: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? ["one", "all"] as const : ["all", "one"] as const;
    for (const which of order) times[which].push(await time(which === "one" ? one : all));
  }
  return { ...times, speedUp: median(times.one) / median(times.all) };
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
