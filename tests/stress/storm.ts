/**
 * A storm: something long, random and seeded that counts everything. Each is one file here, named `…_storm.ts`,
 * that exports `storm`; `deno task stress` finds it. A short slice of it stands in the gate.
 */

import { Random } from "../codec/random.ts";

/** A storm. */
export interface Storm {
  /** What it asks, in one sentence. */
  readonly question: string;
  /**
   * Rages until `weather.isOver()`, and throws if anything is not as it must be. It ends what it has started, also then.
   */
  readonly run: (weather: Weather) => Promise<void>;
  /** What `deno task stress` goes on for, beyond the time that it is given; a slice in the gate does not. */
  readonly least?: Tally;
}

/** What a storm is given. */
export interface Weather {
  /** Where its random numbers begin. */
  readonly seed: number;
  /** Its random numbers; give children seeds drawn from them. */
  readonly random: Random;
  /** Whether its time is over. */
  isOver(): boolean;
  /** Counts something for the report, as in `count("kills")`. */
  count(what: string, times?: number): void;
}

/** What was counted. */
export type Tally = Readonly<Record<string, number>>;

/**
 * Runs a storm for some seconds; an error says with which seed.
 *
 * @param least What must have been counted before it is over, however slow the machine is.
 */
export async function rage(
  storm: Storm,
  seconds: number,
  seed: number,
  least: Tally = {},
): Promise<Tally> {
  const tally: Record<string, number> = {};
  const end = performance.now() + seconds * 1_000;
  try {
    await storm.run({
      seed,
      random: new Random(seed),
      isOver: () =>
        performance.now() >= end &&
        Object.entries(least).every(([what, times]) => (tally[what] ?? 0) >= times),
      count(what, times = 1) {
        tally[what] = (tally[what] ?? 0) + times;
      },
    });
  } catch (error) {
    throw new Error(`The storm with seed ${seed} has done damage: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return tally;
}

/** What was counted, as text: `12 kills, 3,400 rounds`. */
export function tallyText(tally: Tally): string {
  return Object.entries(tally).map(([what, times]) => `${times.toLocaleString("en")} ${what}`)
    .join(", ");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
