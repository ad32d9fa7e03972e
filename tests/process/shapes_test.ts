import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Pool, RemoteError, SerializationError } from "../../mod.ts";
import { broken, shapes, unsendable } from "../fixtures/process/shapes.ts";
import { test } from "../support/harness.ts";
import "../support/shared_memory.ts";

test("a function of any shape runs in another process, or its error names it, the place and the fix", async () => {
  const pool = new Pool(1);
  const found: Record<string, unknown> = {};
  for (const [shape, call] of Object.entries(shapes)) {
    found[shape] = await call(pool).catch((error: Error) => error.message);
  }
  assertEquals(found, Object.fromEntries(Object.keys(shapes).map((shape) => [shape, 1_007])));
  for (const [what, [call, message]] of Object.entries(broken)) {
    const error = await call(pool).then((value) => `a value: ${value}`, (error) => error);
    assertEquals(error instanceof RemoteError || error instanceof SerializationError, true, what);
    assertMatch((error as Error).message, message);
  }
  await pool.terminate();
  await pool.join();
});

for (const [what, [call, message]] of Object.entries(unsendable)) {
  test(`${what} is refused where it is sent, with the reason`, async () => {
    const pool = new Pool(1);
    try {
      const { message: said } = await assertRejects(() => call(pool), TypeError);
      assertMatch(said, message);
    } finally {
      await pool.terminate();
      await pool.join();
    }
  });
}
