/** How much faster many workers are than one. */
import { inTurn, timed } from "../in_turn.ts";
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

/** Times two ways of doing the same in turn, after a pass of each that does not count. */
export async function compare(
  one: () => Promise<unknown>,
  all: () => Promise<unknown>,
): Promise<Comparison> {
  const pass = await timed(one) + await timed(all);
  const rounds = Math.min(MOST, Math.max(FEWEST, Math.floor(BUDGET / Math.max(1, pass))));
  const times = await inTurn({ one, all }, rounds);
  return { ...times, speedUp: median(times.one) / median(times.all) };
}
