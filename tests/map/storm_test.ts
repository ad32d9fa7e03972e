import { storm } from "../stress/maps_storm.ts";
import { rage } from "../stress/storm.ts";
import { test } from "../support/harness.ts";

test("two seconds of five processes on one map, four of which are killed again and again", async () => {
  await rage(storm, 2, 20_260_102, { kills: 3 });
});
