import { assertEquals, assertRejects } from "@std/assert";
import { type CallOptions, Pool, ProcessDiedError, TimeoutError } from "../../mod.ts";
import * as calls from "../fixtures/pool/calls.ts";
import { Gate } from "../fixtures/pool/gate.ts";
import { test, until } from "../support/harness.ts";

test("asynchronous tasks overlap in a worker: those that wait for each other meet", async () => {
  await using pool = new Pool(1);
  using board = new Gate();
  const orders = await Promise.all(
    Array.from({ length: 8 }, () => pool.apply(calls.meet, [board.at, 8])),
  );
  assertEquals(orders.toSorted(), [0, 1, 2, 3, 4, 5, 6, 7]);
});

test("asynchronous calls of one chunk overlap, too", async () => {
  await using pool = new Pool(1);
  using board = new Gate();
  const items: [number, number][] = Array(8).fill([board.at, 8]);
  const orders = await pool.starmap(calls.meet, items, { chunkSize: 8 });
  assertEquals(orders, [0, 1, 2, 3, 4, 5, 6, 7]);
});

test("a worker with waiting tasks takes others, and its results come as they are ready", async () => {
  await using pool = new Pool(1);
  using board = new Gate();
  const waiting = pool.apply(calls.waitForGate, [board.at, 1]);
  await until(() => board.load(calls.CALLS) === 1, "the first waits");
  assertEquals(await pool.map(calls.square, [1, 2, 3]), [1, 4, 9]);
  board.store(calls.GATE, 1);
  assertEquals(await waiting, 1);
});

test("a timeout costs what overlaps in the worker the worker: it is rejected, or run again", async () => {
  await using pool = new Pool(1);
  using board = new Gate();
  const wait = (options: CallOptions) => pool.apply(calls.waitForGate, [board.at, 1], options);
  const lost = assertRejects(() => wait({}), ProcessDiedError, "SIGKILL");
  const again = wait({ retries: 1 });
  await until(() => board.load(calls.CALLS) === 2, "both wait");
  await assertRejects(() => wait({ timeout: 100 }), TimeoutError, "100 ms");
  await lost;
  board.store(calls.GATE, 1);
  assertEquals(await again, 1);
});

test("timers of user code go on in a worker that is idle", async () => {
  await using pool = new Pool(1);
  using board = new Gate();
  await pool.apply(calls.beginTicking, [board.at]);
  const before = board.load(calls.CALLS);
  await until(() => board.load(calls.CALLS) > before + 5, "the timer has gone on");
});

test("timers of user code go on while a worker has no pause between its tasks", async () => {
  await using pool = new Pool(1);
  using board = new Gate();
  await pool.apply(calls.beginTicking, [board.at]);
  const abortion = new AbortController();
  const stream = pool.imap(calls.fib, endless(18), { signal: abortion.signal, bufferSize: 50 });
  const pump = (async () => {
    for await (const _ of stream) if (board.load(calls.CALLS) > 20) break;
  })();
  await pump;
});

function* endless(n: number): Generator<number> {
  for (;;) yield n;
}
