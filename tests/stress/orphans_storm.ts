/** The storm of orphans: trees of processes in a tight loop, whose roots are killed at any moment. */

import process from "node:process";
import { Orphans } from "../process/orphans.ts";
import { Script } from "../process/script.ts";
import { type ProcessEntry, processes } from "../support/proc.ts";
import type { Storm, Weather } from "./storm.ts";

/** In milliseconds: how the time is told that it took until all were gone. */
const STEPS = [25, 50, 100, 200, 500, 1_000, 2_000];

/** A tree begins for so long at most before it is ended, where it is not waited for. */
const BEGINNING = 500;

const pause = (milliseconds: number) => new Promise((go) => setTimeout(go, milliseconds));

async function endOne({ random, count }: Weather): Promise<void> {
  const how = ["waiting", "computing", "exit", "throw"][random.below(4)];
  // It leads a group, by which also those are found that are only just beginning.
  const script = new Script("process/scripts/generations.ts", { args: [how], group: true });
  const isWhole = random.below(2) === 0;
  if (isWhole) await script.printed(3);
  else await pause(random.below(BEGINNING));
  // Who has not begun to listen dies of this as well.
  const isOne = ({ group }: ProcessEntry) => group === script.pid;
  const orphans = new Orphans(isOne);
  const start = performance.now();
  script.kill(how === "exit" || how === "throw" ? "SIGUSR2" : "SIGKILL");
  count(isWhole ? "whole trees" : "trees that were beginning");
  try {
    while (!orphans.areGone()) await pause(2);
    const time = performance.now() - start;
    const step = STEPS.find((limit) => time <= limit);
    count(step === undefined ? "gone later" : `gone in ${step} ms`);
  } catch (error) {
    for (const { pid } of processes().filter(isOne)) process.kill(pid, "SIGKILL");
    throw error;
  } finally {
    await script.ending;
  }
}

export const storm: Storm = {
  question: "How soon is a tree gone whose root is killed, and does anybody ever stay?",
  async run(weather) {
    do await endOne(weather); while (!weather.isOver());
  },
};
