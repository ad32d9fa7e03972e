/** The storm of processes: many at once and one after the other, of which some are killed as they start. */

import { Process } from "../../mod.ts";
import { member } from "../../src/parking/member.ts";
import * as targets from "../fixtures/process/targets.ts";
import { runtimeName } from "../support/runtime.ts";
import { until } from "../support/until.ts";
import { inUse } from "./in_use.ts";
import type { Storm, Weather } from "./storm.ts";

/** At once in every third round; Node reads the types of all modules in each, and takes ten times as long. */
const MANY = runtimeName === "node" ? 25 : 100;

async function begin({ random, count }: Weather): Promise<void> {
  const [a, b] = [random.below(1_000), random.below(1_000)];
  const child = new Process(targets.add, { args: [a, b], stderr: "null" }).start();
  count("processes");
  if (random.below(8) === 0) {
    await new Promise((resolve) => setTimeout(resolve, random.below(40)));
    child.kill();
    count("kills");
  }
  const value = await child.result.catch(() => undefined);
  await child.join();
  const killed = child.signal === "SIGKILL";
  // Killed after its result was there, it has both.
  if (value !== a + b && !(killed && value === undefined)) {
    throw new Error(`A process gave ${value} for ${a} + ${b}, and ended with ${child.exitCode}`);
  }
}

export const storm: Storm = {
  question: "Do processes, however many, leave everything as it was?",
  async run(weather) {
    // What is there once is there from here on.
    await begin(weather);
    const crowd = (size: number) => Promise.all(Array.from({ length: size }, () => begin(weather)));
    await crowd(MANY);
    await until(() => member().parking.pending === 0, "nobody waits");
    const before = inUse();
    for (let round = 0; !weather.isOver(); round++) {
      if (round % 3 === 2) await crowd(MANY);
      else for (let i = 0; i < 10 && !weather.isOver(); i++) await begin(weather);
      weather.count("rounds");
    }
    await until(() => inUse() === before, `all is as before: ${before}, not ${inUse()}`);
    // This process, and as many as there are at once.
    const { used } = member().table;
    if (used > MANY + 1) throw new Error(`${used} slots were used for ${MANY} processes at once`);
  },
};
