import { assert, assertEquals } from "@std/assert";
import { statSync } from "node:fs";
import { Pool } from "../../mod.ts";
import { member } from "../../src/parking/member.ts";
import { churn } from "../fixtures/shared/churn.ts";
import { blocks } from "../fixtures/shared/count.ts";
import { test, until } from "../support/harness.ts";

/** How many bytes of the heap have pages. */
function taken(): number {
  return 512 * statSync(`/proc/self/fd/${member().heap.segment}`).blocks;
}

test("100,000 rounds of random sizes in four processes: no overlap, no growth", {
  timeout: 180_000,
}, async () => {
  const rounds = 25_000;
  const pool = new Pool(3);
  const wrong = [1, 2, 3].map((stamp) => pool.apply(churn, [stamp, rounds]));
  // In small parts, as this process has to hear of results meanwhile.
  const own: string[] = [];
  for (let i = 0; i < 10; i++) {
    own.push(...churn(4, rounds / 10));
    await new Promise((resolve) => setTimeout(resolve));
  }
  assertEquals([...own, ...(await Promise.all(wrong)).flat()], []);
  pool.close();
  await pool.join();
  await until(() => blocks() === 0, "no block is left");
  assert(taken() < 8 * 2 ** 20, `the heap has ${taken()} bytes, its tables with it`);
});
