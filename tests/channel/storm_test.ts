import { storm } from "../stress/queues_storm.ts";
import { rage } from "../stress/storm.ts";
import { test } from "../support/harness.ts";
import "../support/shared_memory.ts";

test("a queue survives three seconds in which producers and consumers are killed", async () => {
  await rage(storm, 3, 20_261_126, { kills: 5, items: 1_000 });
});
