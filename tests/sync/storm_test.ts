import { assert } from "@std/assert";
import { storm } from "../stress/locks_storm.ts";
import { rage } from "../stress/storm.ts";
import { test } from "../support/harness.ts";

test("locks survive three seconds in which their holders, waiters and wakers are killed", async () => {
  const tally = await rage(storm, 3, 20_261_126);
  assert(tally.kills > 0 && tally.deeds > 100);
});
