import { assertEquals } from "@std/assert";
import process from "node:process";
import { rage } from "../stress/storm.ts";
import { storm } from "../stress/orphans_storm.ts";
import { runtimeName, test, until } from "../support/harness.ts";
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

const notRoot = process.getuid!() === 0 ? {} : { [runtimeName]: "only root can change its user" };

test("a child in a tight loop that has become another user goes with its parent", {
  ignore: notRoot,
}, async () => {
  const script = new Script("process/scripts/other_user.ts");
  const lines = (await script.printed(2)).map((line) => line.split(" ").map(Number));
  assertEquals(lines.map(([, user]) => user), [0, 65_534]);
  const pids = lines.map(([pid]) => pid);
  const orphans = new Orphans(({ pid }) => pids.includes(pid));
  script.kill("SIGKILL");
  await until(() => orphans.areGone(), "the child is gone");
  await script.ending;
});

test("nobody is left of trees whose roots are killed at any moment, while they begin as well", async () => {
  await rage(storm, 1, 4, { "trees that were beginning": 1 });
});
