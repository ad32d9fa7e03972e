import { storm } from "../stress/managers_storm.ts";
import { rage } from "../stress/storm.ts";
import { test } from "../support/harness.ts";

// A kill between counting a message and writing it down leaves what it mentions: see src/owner/README.md.
const allow = { cells: 12 };

test("a manager survives those who ask it: the first seconds of the storm", { allow }, async () => {
  await rage(storm, 2, 20_261_126, { kills: 3 });
});
