import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Pool } from "../../mod.ts";
import * as calls from "../fixtures/pool/calls.ts";
import { Gate } from "../fixtures/pool/gate.ts";
import { test, until } from "../support/harness.ts";

test("a call whose signal is aborted already rejects with its reason, and is not run", async () => {
  await using pool = new Pool(1);
  using board = new Gate();
  const signal = AbortSignal.abort(new RangeError("too late"));
  const options = { signal };
  const at = board.at;
  await assertRejects(
    async () => void await pool.apply(calls.tally, [at, 1], options),
    RangeError,
    "too late",
  );
  assertThrows(() => pool.applySync(calls.tally, [at, 1], options), RangeError, "too late");
  await assertRejects(() => pool.starmap(calls.tally, [[at, 1]], options), RangeError, "too late");
  assertThrows(() => pool.starmapSync(calls.tally, [[at, 1]], options), RangeError, "too late");
  assertEquals(await pool.apply(calls.add, [1, 2]), 3);
  assertEquals(board.load(calls.CALLS), 0);
});

test("an abort rejects a call at once, and what no worker has begun is not run", async () => {
  await using pool = new Pool(1);
  using board = new Gate();
  const abortion = new AbortController();
  const { signal } = abortion;
  const running = pool.apply(calls.block, [board.at, 1], { signal });
  await until(() => board.load(calls.CALLS) === 1, "the first is running");
  const queued = pool.apply(calls.tally, [board.at, 2], { signal });
  const mapped = pool.starmap(calls.tally, Array(50).fill([board.at, 3]), { signal, chunkSize: 3 });
  const others = pool.map(calls.square, [1, 2, 3]);
  abortion.abort(new RangeError("enough"));
  for (const promise of [running, queued, mapped]) {
    await assertRejects(() => promise as Promise<unknown>, RangeError, "enough");
  }
  board.store(calls.GATE, 1);
  assertEquals(await others, [1, 4, 9]);
  assertEquals(board.load(calls.CALLS), 1);
});

test("an abort takes back tasks that have no record yet", async () => {
  await using pool = new Pool(1);
  using board = new Gate();
  const blocked = pool.apply(calls.block, [board.at, 1]);
  await until(() => board.load(calls.CALLS) === 1, "the worker is busy");
  const abortion = new AbortController();
  const { signal } = abortion;
  const items: [number, number][] = Array(5_000).fill([board.at, 1]);
  const mapped = pool.starmap(calls.tally, items, { signal, chunkSize: 1 });
  const late = pool.apply(calls.add, [1, 2]);
  abortion.abort(new RangeError("enough"));
  await assertRejects(() => mapped, RangeError, "enough");
  board.store(calls.GATE, 1);
  assertEquals([await blocked, await late, board.load(calls.CALLS)], [1, 3, 1]);
});

test("an abort after the end changes nothing, and a signal keeps no listener", async () => {
  await using pool = new Pool(1);
  const abortion = new AbortController();
  const { signal } = abortion;
  let listeners = 0;
  const add = signal.addEventListener.bind(signal) as (...args: unknown[]) => void;
  const remove = signal.removeEventListener.bind(signal) as (...args: unknown[]) => void;
  signal.addEventListener = (...args: unknown[]) => (listeners++, add(...args));
  signal.removeEventListener = (...args: unknown[]) => (listeners--, remove(...args));
  assertEquals(await pool.apply(calls.add, [1, 2], { signal }), 3);
  assertEquals(await pool.map(calls.square, [1, 2], { signal }), [1, 4]);
  const values: number[] = [];
  for await (const value of pool.imap(calls.square, [1, 2], { signal })) values.push(value);
  assertEquals(values, [1, 4]);
  assert(listeners <= 0, `${listeners} listeners are left`);
  abortion.abort();
  assertEquals(await pool.apply(calls.add, [1, 2]), 3);
});
