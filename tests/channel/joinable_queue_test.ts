import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { JoinableQueue, Process, Queue } from "../../mod.ts";
import { ClosedError, ProcessError, TimeoutError } from "../../src/errors.ts";
import * as children from "../fixtures/channel/joinable.ts";
import { test, until } from "../support/harness.ts";
import "../support/shared_memory.ts";

test("JoinableQueue.join() waits until every item that was put is done", async () => {
  using tasks = new JoinableQueue<number>();
  await tasks.join();
  tasks.joinSync();
  for (const n of [1, 2, 3]) await tasks.put(n);
  assertEquals([tasks.unfinished, tasks.size], [3, 3]);
  let isJoined = false;
  const joined = tasks.join().then(() => isJoined = true);
  for (const left of [2, 1, 0]) {
    await tasks.get();
    assertEquals([tasks.size, tasks.unfinished, isJoined], [left, left + 1, false]);
    tasks.taskDone();
  }
  await joined;
  assertEquals(tasks.unfinished, 0);
});

test("a task that is done too often throws, and changes nothing", () => {
  using tasks = new JoinableQueue<number>();
  assertThrows(() => tasks.taskDone(), RangeError, "0 are unfinished");
  tasks.putSync(1);
  tasks.taskDone();
  assertThrows(() => tasks.taskDone(), RangeError);
  tasks.putSync(2);
  assertEquals(tasks.unfinished, 1);
});

test("JoinableQueue.join() ends with its timeout, and with the reason of its signal", async () => {
  using tasks = new JoinableQueue<number>();
  await tasks.put(1);
  await assertRejects(() => tasks.join({ timeout: 5 }), TimeoutError, "all tasks to be done");
  assertThrows(() => tasks.joinSync({ timeout: 5 }), TimeoutError);
  await assertRejects(() => tasks.join({ timeout: -1 }), RangeError);
  const reason = new Error("enough");
  const controller = new AbortController();
  const joined = tasks.join({ signal: controller.signal });
  assertThrows(() => tasks.dispose(), ProcessError, "1 waits of this process are pending");
  controller.abort(reason);
  assertStrictEquals(await joined.catch((error) => error), reason);
  assertThrows(() => tasks.joinSync({ signal: controller.signal }), Error, "enough");
});

test("who joins gets through when all was done, although more was put at once", async () => {
  using tasks = new JoinableQueue<number>();
  await tasks.put(1);
  const joined = tasks.join();
  await tasks.get();
  tasks.taskDone();
  tasks.putSync(2);
  await joined;
  assertEquals(tasks.unfinished, 1);
});

test("a JoinableQueue that was closed can be joined, and one that was disposed of cannot", async () => {
  const tasks = new JoinableQueue<number>(1);
  await tasks.put(1);
  tasks.close();
  await assertRejects(() => tasks.put(2), ClosedError);
  assertEquals(tasks.unfinished, 1);
  await tasks.get();
  tasks.taskDone();
  await tasks.join();
  tasks.dispose();
  await assertRejects(() => tasks.join(), ClosedError, "Cannot join the queue");
  assertThrows(() => tasks.joinSync(), ClosedError);
  assertThrows(() => tasks.taskDone(), ClosedError);
});

test("what cannot be put is not unfinished", () => {
  using tasks = new JoinableQueue<unknown>(1);
  assertThrows(() => tasks.putSync(() => {}));
  assertEquals(tasks.unfinished, 0);
  tasks.putSync(1);
  assertEquals(tasks.tryPut(2), false);
  assertEquals(tasks.unfinished, 1);
});

test("a JoinableQueue through a queue is the same, and one of its kind", async () => {
  using outer = new Queue<JoinableQueue<string>>();
  using inner = new JoinableQueue<string>(3);
  await outer.put(inner);
  assertStrictEquals(await outer.get(), inner);
});

for (const kind of ["sync", "async"] as const) {
  test(`two workers (${kind}) do the tasks of two producers, and two processes join`, async () => {
    using tasks = new JoinableQueue<number>(8);
    using log = new Queue<string>();
    const workers = [0, 1].map(() => new Process(children.work, { args: [tasks, kind] }).start());
    for (let round = 0; round < 3; round++) {
      const producers = [0, 1].map(() =>
        new Process(children.produce, { args: [tasks, 100] }).start()
      );
      for (const producer of producers) await producer.result;
      const other = new Process(children.joinAndSay, { args: [tasks, log, kind] }).start();
      await tasks.join();
      assertEquals([tasks.unfinished, tasks.size], [0, 0]);
      assertEquals(await log.get(), "joined");
      await other.join();
    }
    tasks.close();
    const done = await Promise.all(workers.map((worker) => worker.result));
    assertEquals(done[0] + done[1], 600);
  });
}

test("an item that a killed worker had got stays unfinished, and the others are done", async () => {
  using tasks = new JoinableQueue<number>();
  using taken = new Queue<number>();
  const victim = new Process(children.takeAndHang, { args: [tasks, taken] }).start();
  for (const n of [1, 2, 3]) await tasks.put(n);
  assertEquals(await taken.get(), 1);
  victim.kill();
  await victim.join();
  const worker = new Process(children.work, { args: [tasks, "sync"] }).start();
  await until(() => tasks.unfinished === 1, "all but the victim's task are done");
  await assertRejects(() => tasks.join({ timeout: 20 }), TimeoutError);
  tasks.taskDone();
  await tasks.join();
  tasks.close();
  assertEquals(await worker.result, 2);
});
