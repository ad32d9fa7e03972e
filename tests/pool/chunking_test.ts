import { assertEquals } from "@std/assert";
import { Pool } from "../../mod.ts";
import * as calls from "../fixtures/pool/calls.ts";
import { Gate } from "../fixtures/pool/gate.ts";
import { test } from "../support/harness.ts";

test("a million tiny items need no chunk size", async () => {
  await using pool = new Pool(2);
  const items = Float64Array.from({ length: 1_000_000 }, (_, n) => n);
  const squares = await pool.map(calls.square, items);
  assertEquals(squares.length, items.length);
  // One comparison an item: a million assertions would take longer than the map.
  assertEquals(squares.findIndex((square, n) => square !== n * n), -1);
});

test("ten items, the first longer than all others, hold nobody up without a chunk size", async () => {
  await using pool = new Pool(2);
  using board = new Gate();
  // The first ends when the others have begun: no item may lie behind it in a chunk, and another worker has to take them all.
  const items = Array.from({ length: 10 }, (_, n): [number, number, number] => [board.at, n, 10]);
  assertEquals(await pool.starmap(calls.outlast, items), items.map(([, n]) => n));
});
