import { storm } from "../stress/locks_storm.ts";
import { rage } from "../stress/storm.ts";
import { test } from "../support/harness.ts";

test("locks survive three seconds in which their holders, waiters and wakers are killed", async () => {
  await rage(storm, 3, 20_261_126, { kills: 3 });
});
