import { assert } from "@std/assert";
import { test } from "../support/harness.ts";
import { storm } from "./everything_storm.ts";
import { rage } from "./storm.ts";

test("two seconds of everything at once, with kills, add up and leave nothing behind", async () => {
  const { eras, tasks } = await rage(storm, 2, 20260103);
  assert(eras > 0 && tasks > 0);
});
