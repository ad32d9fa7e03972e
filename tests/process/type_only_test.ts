/** What is sent is known where it arrives, also to a module that imports nothing of it but types. */
import { assertEquals } from "@std/assert";
import * as mp from "../../mod.ts";
import { useAll, usePool, usePools } from "../fixtures/process/type_only.ts";
import { test } from "../support/harness.ts";

test("one of each class is used by a process whose module knows it as a type alone", async () => {
  using manager = new mp.Manager();
  const [connection, other] = mp.pipe<mp.Pool, number>();
  using memory = mp.SharedMemory.create({ size: 8 });
  new Uint8Array(memory.buffer)[0] = 9;
  const array = mp.sharedArray("d", [1, 2]);
  const event = new mp.Event();
  event.set();
  const joinable = new mp.JoinableQueue<number>();
  joinable.putSync(5);
  const map = mp.sharedMap<string, number>([["a", 1]]);
  const dict = manager.dict<string, number>([["a", 2]]);
  const hosted = manager.queue<number>();
  await hosted.put(4);
  const process = new mp.Process(useAll, {
    args: [{
      array,
      value: new mp.SharedValue("d", 0.5),
      struct: new mp.SharedStruct({ x: "d" }, { x: 3 }),
      memory,
      map,
      lock: new mp.Lock(),
      rlock: new mp.RLock(),
      rwlock: new mp.RWLock(),
      semaphore: new mp.Semaphore(1),
      bounded: new mp.BoundedSemaphore(1),
      condition: new mp.Condition(),
      event,
      barrier: new mp.Barrier(2),
      queue: new mp.Queue<mp.Pool>(),
      joinable,
      connection: other,
      dict,
      list: manager.list([6]),
      hosted,
      poolProxy: manager.pool(1),
      manager,
    }],
  }).start();
  const held = [true, true, true, true, true];
  assertEquals(await process.result, [2, 0.5, 3, 9, 1, ...held, true, true, 2, 5, 2, 6, 4, 6, 7]);
  await process.join();
  mp.dispose(array);
  memory.unlink();
  connection.close();
});

test("a pool is used by a process whose module knows it as a type alone, however it comes there", async () => {
  await using pool = new mp.Pool(1);
  const first = new mp.Process(usePool, { args: [pool] }).start();
  assertEquals(await first.result, 8);
  const queue = new mp.Queue<mp.Pool>();
  const [here, there] = mp.pipe<mp.Pool, number>();
  const second = new mp.Process(usePools, { args: [queue, there] }).start();
  await queue.put(pool);
  await here.send(pool);
  assertEquals(await second.result, [10, 12]);
  // And in a worker, whose arguments come with a task.
  await using other = new mp.Pool(1);
  assertEquals(await other.apply(usePool, [pool]), 8);
  for (const process of [first, second]) await process.join();
  here.close();
});
