import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  Lock,
  Pool,
  Process,
  Queue,
  RLock,
  RWLock,
  TimeoutError,
} from "../../mod.ts";
import { type Parcel, tryAll, tryAllOfQueue } from "../fixtures/sync/sending.ts";
import { test } from "../support/harness.ts";

function parcel(): Parcel {
  const lock = new Lock();
  return {
    lock,
    rlock: new RLock(),
    semaphore: new BoundedSemaphore(3),
    condition: new Condition(lock),
    event: new Event(),
    barrier: new Barrier(2),
    rwlock: new RWLock(),
    nested: { list: [lock] },
  };
}

const seen = [
  "lock false true",
  "rlock true",
  "semaphore 2",
  "condition true",
  "rwlock 1",
  "event true",
  "barrier 2",
];

test("all locks travel through a queue to a process that runs already", async () => {
  const [parcels, answers] = [new Queue<Parcel>(), new Queue<string[]>()];
  const child = new Process(tryAllOfQueue, { args: [parcels, answers] }).start();
  await parcels.put(parcel());
  assertEquals(await answers.get(), seen);
  await child.join();
});

test("all locks travel in tasks of a pool, and come back as themselves", async () => {
  await using pool = new Pool(1);
  const all = parcel();
  for (let i = 0; i < 2; i++) assertEquals(await pool.apply(tryAll, [all]), seen);
  const echo = await pool.apply((value: Parcel) => value, [all]);
  for (const [name, value] of Object.entries(all)) {
    if (name !== "nested") assertStrictEquals(echo[name as keyof Parcel], value);
  }
});

test("a timeout of 0 is a poll for whatever is waited for", async () => {
  const { lock, condition, event, barrier } = parcel();
  using _held = lock.acquireSync();
  const polls: { sync: () => unknown; async: () => Promise<unknown> }[] = [
    {
      sync: () => condition.waitSync({ timeout: 0 }),
      async: () => condition.wait({ timeout: 0 }),
    },
    {
      sync: () => condition.waitForSync(() => false, { timeout: 0 }),
      async: () => condition.waitFor(() => false, { timeout: 0 }),
    },
    { sync: () => event.waitSync({ timeout: 0 }), async: () => event.wait({ timeout: 0 }) },
    { sync: () => barrier.waitSync({ timeout: 0 }), async: () => barrier.wait({ timeout: 0 }) },
  ];
  for (const poll of polls) {
    assertThrows(poll.sync, TimeoutError, "within 0 ms");
    await assertRejects(poll.async, TimeoutError, "within 0 ms");
  }
  assertEquals([lock.locked, barrier.waiting, barrier.broken], [true, 0, false]);
  event.set();
  assertEquals([event.waitSync({ timeout: 0 }), await event.wait({ timeout: 0 })], [true, true]);
  assertEquals(condition.waitForSync(() => 7, { timeout: 0 }), 7);
  assertEquals(await condition.waitFor(() => 7, { timeout: 0 }), 7);
});
