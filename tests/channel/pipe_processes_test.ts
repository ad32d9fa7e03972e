import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Connection, pipe, Process, Queue } from "../../mod.ts";
import { BrokenPipeError, EOFError } from "../../src/errors.ts";
import * as children from "../fixtures/channel/pipes.ts";
import type { Kind } from "../fixtures/channel/queues.ts";
import { test } from "../support/harness.ts";
import "../support/shared_memory.ts";

const kinds: readonly Kind[] = ["sync", "async"];

for (const kind of kinds) {
  test(`a child answers (${kind}) what it is sent, until this end is closed`, async () => {
    const [mine, theirs] = pipe<unknown>();
    const child = new Process(children.echo, { args: [theirs, kind] }).start();
    theirs.close();
    for (let i = 0; i < 200; i++) {
      await mine.send(i);
      assertEquals(await mine.recv(), i);
      mine.sendSync({ i });
      assertEquals(mine.recvSync(), { i });
    }
    mine.close();
    assertEquals(await child.result, 400);
  });

  test(`a child that waits (${kind}) in recv() finds end of file when the last holder is killed`, async () => {
    using ready = new Queue<string>();
    const [first, second] = pipe<unknown>();
    const holders = [0, 1].map(() => new Process(children.hold, { args: [second, ready] }).start());
    second.close();
    const receiver = new Process(children.receiveOrEnd, { args: [first, ready, kind] }).start();
    for (let i = 0; i < 3; i++) await ready.get();
    holders[0].kill();
    await holders[0].join();
    assert(receiver.isAlive);
    assertEquals(first.pollSync(), false);
    holders[1].kill();
    await holders[1].join();
    assertEquals(await receiver.result, "EOFError");
    await assertRejects(() => first.recv(), EOFError);
    assertThrows(() => first.sendSync(1), BrokenPipeError);
    first.close();
  });

  test(`a child that waits (${kind}) in send() finds a broken pipe when the holder is killed`, async () => {
    using ready = new Queue<string>();
    const [first, second] = pipe<unknown>();
    const holder = new Process(children.hold, { args: [second, ready] }).start();
    const sender = new Process(children.sendUntilBroken, { args: [first, ready, kind] }).start();
    first.close();
    second.close();
    for (let i = 0; i < 2; i++) await ready.get();
    holder.kill();
    assertEquals(await sender.result, "BrokenPipeError");
    await holder.join();
  });
}

test("a child may end right after it has sent, and end of file follows its message", async () => {
  const [mine, theirs] = pipe<unknown>();
  const message = { bytes: new Uint8Array(2_000_000).fill(7) };
  const child = new Process(children.sendOne, { args: [theirs, message] }).start();
  theirs.close();
  assert(child.joinSync());
  assertEquals(await mine.recv(), message);
  await assertRejects(() => mine.recv(), EOFError);
  mine.close();
});

test("a connection goes through a connection to another process, and works there", async () => {
  const [ends, theirEnds] = pipe<Connection<string>>();
  const child = new Process(children.answerThrough, { args: [theirEnds] }).start();
  theirEnds.close();
  const [mine, theirs] = pipe<string>();
  await ends.send(theirs);
  theirs.close();
  await mine.send("Ada");
  assertEquals(await mine.recv(), "Hello, Ada");
  await assertRejects(() => mine.recv(), EOFError);
  await child.join();
  mine.close();
  ends.close();
});

test("several processes that send into one end lose and double nothing, each in order", async () => {
  const [mine, theirs] = pipe<[number, number]>({ duplex: false });
  const count = 2_000;
  const senders = [0, 1, 2].map((by) =>
    new Process(children.sendMany, { args: [theirs, by, count] }).start()
  );
  theirs.close();
  const next = [0, 0, 0];
  for await (const [by, n] of mine) assertEquals(n, next[by]++);
  assertEquals(next, [count, count, count]);
  for (const sender of senders) await sender.result;
  mine.close();
});
