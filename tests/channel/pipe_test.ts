import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { Connection, pipe, Queue } from "../../mod.ts";
import {
  BrokenPipeError,
  ClosedError,
  EOFError,
  SerializationError,
  TimeoutError,
} from "../../src/errors.ts";
import { collect } from "../fixtures/shared/collect.ts";
import { test, until } from "../support/harness.ts";

test("what one end of a pipe sends the other receives, both ways, sync and async", async () => {
  const [a, b] = pipe<unknown>();
  using _a = a, _b = b;
  const values = [42, "text", { a: [1] }, undefined, new Map([["k", 1n]]), -0, null];
  for (const value of values) {
    await a.send(value);
    b.sendSync(value);
  }
  for (const value of values) {
    assertEquals(b.recvSync(), value);
    assertEquals(await a.recv(), value);
  }
});

test("bytes arrive as bytes, whatever their length and kind", async () => {
  const [a, b] = pipe();
  using _a = a, _b = b;
  for (const length of [0, 1, 511, 512, 513, 70_000, 2_000_000]) {
    const bytes = new Uint8Array(length).fill(length & 255);
    await a.sendBytes(bytes);
    const received = b.recvBytesSync();
    assert(received.constructor === Uint8Array && received.buffer instanceof ArrayBuffer);
    assertEquals(received, bytes);
  }
  b.sendBytesSync(new Uint16Array([1, 2]).subarray(1));
  assertEquals(await a.recvBytes(), new Uint8Array([2, 0]));
  await b.sendBytes(new Uint8Array([7, 8]).buffer);
  assertEquals(await a.recvBytes(), new Uint8Array([7, 8]));
  assertThrows(() => a.sendBytesSync("text" as unknown as Uint8Array), TypeError, "got string");
});

test("bytes are not taken for values, nor values for bytes, and stay where they are", async () => {
  const [a, b] = pipe();
  using _a = a, _b = b;
  await a.sendBytes(new Uint8Array([1, 2, 3]));
  await a.send("value");
  await assertRejects(() => b.recv(), TypeError, "take them with recvBytes()");
  assertThrows(() => b.recvSync(), TypeError);
  assertThrows(() => b.recvBytesSync({ maxLength: 2 }), RangeError, "at most 2 are wanted, 3 come");
  await assertRejects(() => b.recvBytes({ maxLength: -1 }), RangeError, "maxLength");
  assertEquals(await b.recvBytes({ maxLength: 3 }), new Uint8Array([1, 2, 3]));
  await assertRejects(() => b.recvBytes(), TypeError, "take it with recv()");
  assertEquals(await b.recv(), "value");
});

test("a receiver whose message is not what it wants leaves it to the next in line", async () => {
  const [a, b] = pipe();
  using _a = a, _b = b;
  const value = assertRejects(() => b.recv(), TypeError);
  const bytes = b.recvBytes();
  await a.sendBytes(new Uint8Array([5]));
  await value;
  assertEquals(await bytes, new Uint8Array([5]));
});

test("a pipe of one direction receives at the first end and sends at the second", async () => {
  const [a, b] = pipe<string>({ duplex: false });
  using _a = a, _b = b;
  assertEquals([a.readable, a.writable, b.readable, b.writable], [true, false, false, true]);
  await b.send("one way");
  assertEquals(await a.recv(), "one way");
  const wrong = a as Connection<unknown>;
  await assertRejects(() => wrong.send(1), TypeError, "only receives");
  assertThrows(() => wrong.sendSync(1), TypeError);
  assertThrows(() => wrong.sendBytesSync(new Uint8Array(1)), TypeError);
  await assertRejects(() => b.recv(), TypeError, "only sends");
  assertThrows(() => b.recvBytesSync(), TypeError);
  await assertRejects(() => b.poll(), TypeError, "Cannot poll");
  b.close();
  await assertRejects(() => a.recv(), EOFError);
});

test("poll says whether receiving would wait", async () => {
  const [a, b] = pipe<number>();
  using _a = a;
  assertEquals([await b.poll(), b.pollSync()], [false, false]);
  assertEquals([await b.poll({ timeout: 5 }), b.pollSync({ timeout: 5 })], [false, false]);
  const polled = b.poll({ timeout: 60_000 });
  await a.send(1);
  assertEquals(await polled, true);
  assertEquals([await b.poll(), b.pollSync({ timeout: 0 })], [true, true]);
  assertEquals(b.recvSync(), 1);
  assertEquals(await b.poll(), false);
  const controller = new AbortController();
  const aborted = b.poll({ signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => aborted, Error, "enough");
  const closing = a.poll({ timeout: 60_000 });
  b.close();
  assertEquals(await closing, true);
  await assertRejects(() => a.recv(), EOFError);
});

test("after close, what was sent is received, and then comes end of file", async () => {
  const [a, b] = pipe<number>();
  using _b = b;
  await a.send(1);
  a.sendSync(2);
  a.close();
  a.close();
  assertEquals([a.isClosed, b.isClosed], [true, false]);
  assertEquals(await b.recv(), 1);
  assertEquals(b.recvSync(), 2);
  await assertRejects(() => b.recv(), EOFError, "nobody has the other end");
  assertThrows(() => b.recvSync(), EOFError);
  assertThrows(() => b.recvBytesSync(), EOFError);
  await assertRejects(() => b.send(3), BrokenPipeError, "nobody has the other end");
  assertThrows(() => b.sendSync(3), BrokenPipeError);
  assertThrows(() => b.sendBytesSync(new Uint8Array(9_999)), BrokenPipeError);
});

test("iteration ends with end of file", async () => {
  const [a, b] = pipe<number>({ duplex: false });
  using _a = a;
  for (const n of [1, 2, 3]) await b.send(n);
  b.close();
  const received: number[] = [];
  for await (const n of a) received.push(n);
  assertEquals(received, [1, 2, 3]);
});

test("closing an end ends the waits of the other, and this process's own", async () => {
  const [a, b] = pipe<string>();
  const [c, d] = pipe<string>();
  const [e, f] = pipe<string>();
  const full = "x".repeat(600_000);
  await c.send(full);
  await d.send(full);
  const waits = [b.recv(), b.recvBytes(), b.poll({}), e.recv(), c.send(full), d.send(full)];
  const ended = Promise.allSettled(waits);
  for (const end of [a, c, e]) end.close();
  assertEquals(
    (await ended).map((end) => end.status === "rejected" ? end.reason.name : end.value),
    ["EOFError", "EOFError", true, "ClosedError", "ClosedError", "BrokenPipeError"],
  );
  // What it had sent is still there.
  assertEquals(await d.recv(), full);
  await assertRejects(() => d.recv(), EOFError);
  for (const act of [() => c.sendSync("x"), () => c.recvSync(), () => c.pollSync()]) {
    assertThrows(act, ClosedError, "this process has closed this end");
  }
  for (const end of [b, d, f]) end.close();
});

test("a pipe that is full makes a sender wait, and takes a message of any size alone", async () => {
  const [a, b] = pipe<string>();
  using _a = a, _b = b;
  const half = "x".repeat(600_000);
  await a.send(half);
  await assertRejects(() => a.send(half, { timeout: 5 }), TimeoutError, "room in the pipe");
  assertThrows(() => a.sendSync(half, { timeout: 0 }), TimeoutError);
  const sent = a.send("y".repeat(5_000_000));
  assertEquals(await b.recv(), half);
  await sent;
  assertEquals((await b.recv()).length, 5_000_000);
});

test("what cannot be sent throws with its path, and sends nothing", async () => {
  const [a, b] = pipe<unknown>();
  using _a = a, _b = b;
  const bad = { list: [1, { onClick: () => {} }] };
  await assertRejects(() => a.send(bad), SerializationError, "Cannot send value.list[1].onClick");
  assertThrows(() => a.sendSync(bad), SerializationError);
  assertEquals(b.pollSync(), false);
});

test("a connection through a connection, or a queue, is the same connection", async () => {
  const [a, b] = pipe<Connection<string>>();
  const [c, d] = pipe<string>();
  using _a = a, _b = b, _c = c;
  await a.send(d);
  assertStrictEquals(await b.recv(), d);
  using queue = new Queue<Connection<string>>();
  await queue.put(d);
  d.close();
  await assertRejects(() => a.send(d), ClosedError);
  // It has not gone as long as a message carries it.
  await c.send("on its way");
  using received = await queue.get();
  assert(received !== d && !received.isClosed);
  assertEquals(await received.recv(), "on its way");
});

test("an end that goes with its message is gone", async () => {
  const [a, b] = pipe<string>();
  using _a = a;
  const queue = new Queue<Connection<string>>();
  await queue.put(b);
  b.close();
  queue.dispose();
  await assertRejects(() => a.recv(), EOFError);
});

test("an end that nobody can reach any more is closed by the collector", async () => {
  using mine = (() => pipe<string>()[0])();
  await until(async () => {
    await collect();
    return mine.pollSync();
  }, "the other end is collected");
  assertThrows(() => mine.recvSync(), EOFError);
});

test("a connection that somebody waits with is not collected", async () => {
  const [waiting, other] = (() => {
    const [a, b] = pipe<string>();
    return [a.recv(), b] as const;
  })();
  for (let i = 0; i < 5; i++) await collect();
  await other.send("still there");
  assertEquals(await waiting, "still there");
  other.close();
});

test("connections are made by pipe() alone", () => {
  assertThrows(() => new Connection(), TypeError, "pipe() makes two");
});
