import { storm } from "../stress/pool_storm.ts";
import { rage } from "../stress/storm.ts";
import { test } from "../support/harness.ts";

test("every result of a pool comes right, and once, in two seconds in which its workers are killed", async () => {
  await rage(storm, 2, 20_261_126, { kills: 3, results: 101 });
});
