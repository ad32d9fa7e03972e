import { assertEquals } from "@std/assert";
import { Pool } from "../../mod.ts";
import { Pace } from "../../src/pool/pace.ts";
import { toil } from "../fixtures/pool/storm.ts";
import { test } from "../support/harness.ts";

/** A pace after so many results in so many milliseconds. */
function paced(results: number, milliseconds: number): Pace {
  let time = 0;
  const pace = new Pace(() => time);
  for (let i = 0; i < results; i++) pace.count();
  time += milliseconds;
  return pace;
}

test("a submitter rests while many results come and more than enough is queued", () => {
  assertEquals(paced(200, 10).mayRest(100), true);
  // 20 results a rest, so the 79 that are queued last for less than four.
  assertEquals(paced(200, 10).mayRest(79), false);
});

test("a submitter sleeps where results come seldom, or not at all", () => {
  assertEquals(paced(20, 10).mayRest(4_000), false);
  assertEquals(paced(0, 10).mayRest(4_000), false);
  assertEquals(paced(5, 0).mayRest(4_000), false);
});

test("a submitter that has rested in vain sleeps", () => {
  const pace = paced(200, 10);
  assertEquals(pace.mayRest(4_000), true);
  assertEquals(pace.mayRest(4_000), false);
});

/** Many short calls, so that the submitter rests. */
async function submitMany(pool: Pool): Promise<void> {
  const deeds = await Promise.all(
    Array.from({ length: 5_000 }, (_, n) => pool.apply(toil, [[n, 20, ""]])),
  );
  assertEquals(deeds.findIndex(([, value], n) => value !== 3 * n + 1), -1);
}

test("five thousand short calls of a submitter that rests all come back", async () => {
  await using pool = new Pool(2);
  await submitMany(pool);
});

test("so they do where a test has stopped the timers", async () => {
  await using pool = new Pool(2);
  await pool.apply(toil, [[0, 1, ""]]);
  const { setTimeout } = globalThis;
  globalThis.setTimeout = (() => 0) as unknown as typeof setTimeout;
  try {
    await submitMany(pool);
  } finally {
    globalThis.setTimeout = setTimeout;
  }
});
