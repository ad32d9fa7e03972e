/**
 * Runs one storm on this runtime: `run.ts NAME SECONDS SEED`. First a short one, in which everything is
 * opened that stays open; what has grown after the long one is a leak.
 */

import process from "node:process";
import { assertNoChildren, growth, takeCounts } from "../support/leaks.ts";
import { childrenOf } from "../support/proc.ts";
import { watched } from "../support/watchdog.ts";
import { rage, type Storm, tallyText } from "./storm.ts";

/** How long a storm may go on when its time is over, in seconds: it joins what it has started. */
const AFTERMATH = 360;

/** The same for one that goes on until it has counted something, on a machine that has other things to do. */
const LONG_AFTERMATH = 3_600;

async function main(name: string, seconds: number, seed: number): Promise<void> {
  const { storm } = await import(`./${name}_storm.ts`) as { storm: Storm };
  const children = childrenOf(process.pid).map(({ pid }) => pid);
  await watched(`${name}, a breath`, AFTERMATH * 1_000, () => rage(storm, 1, seed ^ 1));
  await assertNoChildren(children);
  const before = takeCounts();
  const aftermath = storm.least === undefined ? AFTERMATH : LONG_AFTERMATH;
  await watched(`${name}, seed ${seed}`, (seconds + aftermath) * 1_000, async () => {
    const start = performance.now();
    const tally = await rage(storm, seconds, seed, storm.least);
    const survived = ((performance.now() - start) / 1_000).toFixed(0);
    console.log(`survived ${survived} s, seed ${seed}: ${tallyText(tally)}`);
  });
  await assertNoChildren(children);
  const leaks = await growth(before, {}, 5_000);
  if (leaks.length > 0) throw new Error(`The storm leaks: ${leaks.join(", ")}`);
  console.log("no leaks");
}

if (import.meta.main) {
  const [name, seconds, seed] = process.argv.slice(2);
  try {
    await main(name, Number(seconds), Number(seed));
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
}
