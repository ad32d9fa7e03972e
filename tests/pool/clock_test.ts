import { assert, assertEquals } from "@std/assert";
import { elapsed, now } from "../../src/tasks/task.ts";
import { test } from "../support/harness.ts";

test("the clock of tasks tells how long ago something was, also when it begins anew in between", () => {
  const { now: real } = Date;
  let beganAnew = 0;
  try {
    // Every five seconds of forty days.
    for (let time = 0; time < 40 * 86_400_000; time += 5_000) {
      Date.now = () => time;
      const since = now();
      const later = since + 10_000;
      assert(since > 0 && later < 2 ** 31, `${since} fits a word, and what is soon does`);
      if (elapsed(later) !== -10_000) assertEquals(elapsed(later), -10_000);
      Date.now = () => time + 12_345;
      if (now() < since) beganAnew++;
      // At 0 the clock says 1.
      if (Math.abs(elapsed(since) - 12_345) > 1) assertEquals(elapsed(since), 12_345);
      if (Math.abs(elapsed(later) - 2_345) > 1) assertEquals(elapsed(later), 2_345);
    }
  } finally {
    Date.now = real;
  }
  assert(beganAnew > 0);
});
