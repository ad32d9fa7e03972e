import { assertEquals } from "@std/assert";
import process from "node:process";
import { rage } from "../stress/storm.ts";
import { storm } from "../stress/orphans_storm.ts";
import { test, until } from "../support/harness.ts";
import { Orphans } from "./orphans.ts";
import { areGone, Script } from "./script.ts";

const GENERATIONS = "process/scripts/generations.ts";

for (
  const [how, signal] of [
    ["waiting", "SIGKILL"],
    ["computing", "SIGKILL"],
    ["waiting", "SIGTERM"],
    ["exit", "SIGUSR2"],
    ["throw", "SIGUSR2"],
  ] as const
) {
  const end = { SIGUSR2: `ends by ${how}` }[signal as string] ?? `is ${how} and ends by ${signal}`;
  test(`children and grandchildren in a tight loop go with a parent that ${end}`, async () => {
    const script = new Script(GENERATIONS, { args: [how] });
    const pids = (await script.printed(3)).map(Number);
    assertEquals([pids.length, areGone(pids.slice(0, 1))], [3, false]);
    const orphans = new Orphans(({ pid }) => pids.includes(pid));
    script.kill(signal);
    await until(() => orphans.areGone(), "all three generations are gone");
    await script.ending;
  });
}

test("grandchildren in a tight loop go with a child that is killed", async () => {
  const script = new Script(GENERATIONS, { args: ["waiting"] });
  const pids = (await script.printed(3)).map(Number);
  const [, child] = pids;
  const orphans = new Orphans(({ pid }) => pids.includes(pid));
  process.kill(child, "SIGKILL");
  await until(
    () => orphans.areGone(),
    "the grandchild is gone, and the parent has seen its child end",
  );
  const { code, signal } = await script.ending;
  assertEquals([code, signal], [0, null]);
});

test("nobody is left of trees whose roots are killed at any moment, while they begin as well", async () => {
  await rage(storm, 1, 4, { "trees that were beginning": 1 });
});
