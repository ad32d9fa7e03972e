import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  ClosedError,
  type DictProxy,
  type ListProxy,
  Lock,
  Manager,
  Process,
  ProcessDiedError,
  type Queue,
  SerializationError,
  sharedArray,
} from "../../mod.ts";
import * as uses from "../fixtures/manager/uses.ts";
import { test, until } from "../support/harness.ts";
import "../support/shared_memory.ts";

test("a dict has what a Map has, and both ways of asking see the same", async () => {
  await using manager = new Manager();
  using dict = manager.dict<unknown, unknown>([["a", 1]]);
  await dict.set("b", { deep: [1, new Map([["x", 2n]])] });
  dict.setSync("c", undefined);
  assertEquals(await dict.get("b"), { deep: [1, new Map([["x", 2n]])] });
  assertEquals(dict.getSync("c"), undefined);
  assertEquals([await dict.has("c"), dict.hasSync("d")], [true, false]);
  assertEquals(await dict.keys(), ["a", "b", "c"]);
  assertEquals(dict.sizeSync(), 3);
  assertEquals(await dict.delete("a"), true);
  assertEquals(await dict.delete("a"), false);
  assertEquals(dict.takeSync("b"), { deep: [1, new Map([["x", 2n]])] });
  assertEquals(await dict.take("b"), undefined);
  assertEquals(await dict.getOrInsert("e", [1]), [1]);
  assertEquals(await dict.getOrInsert("e", [2]), [1]);
  await dict.setAll([[1, "one"], ["1", "text"]]);
  assertEquals(
    await dict.snapshot(),
    new Map<unknown, unknown>([["c", undefined], ["e", [1]], [1, "one"], ["1", "text"]]),
  );
  assertEquals([...dict], await dict.entries());
  const seen: unknown[] = [];
  for await (const [key] of dict) seen.push(key);
  assertEquals(seen, dict.keysSync());
  assertEquals((await dict.values()).length, 4);
  await dict.clear();
  assertEquals(await dict.size(), 0);
});

test("objects are the same key if their contents are, and NaN, -0 and undefined as in a Map", async () => {
  await using manager = new Manager();
  using dict = manager.dict<unknown, string>();
  await dict.set([1, "a"], "first");
  await dict.set([1, "a"], "second");
  await dict.set({ a: 1 }, "object");
  await dict.set(NaN, "NaN");
  await dict.set(-0, "zero");
  await dict.set(undefined, "undefined");
  assertEquals(await dict.get([1, "a"]), "second");
  assertEquals(await dict.get({ a: 1 }), "object");
  assertEquals([await dict.get(NaN), await dict.get(0), await dict.get(undefined)], [
    "NaN",
    "zero",
    "undefined",
  ]);
  assertEquals(await dict.size(), 5);
  assertEquals((await dict.keys())[0], [1, "a"]);
  assertEquals(await dict.delete([1, "a"]), true);
  assertEquals(await dict.get([1, "a"]), undefined);
});

test("what is got is a copy: changing it changes nothing in the manager", async () => {
  await using manager = new Manager();
  using dict = manager.dict<string, number[]>();
  const mine = [1];
  await dict.set("list", mine);
  mine.push(2);
  const copy = (await dict.get("list"))!;
  copy.push(3);
  assertEquals(await dict.get("list"), [1]);
  assertEquals(await dict.update("list", (list = []) => [...list, 4]), [1, 4]);
  assertEquals(await dict.get("list"), [1, 4]);
});

test("a list has what an Array has", async () => {
  await using manager = new Manager();
  using list = manager.list<unknown>([3, 1, 2]);
  assertEquals(await list.push({ a: 1 }, "x"), 5);
  assertEquals([await list.at(-1), list.atSync(0), await list.at(9)], ["x", 3, undefined]);
  assertEquals([await list.indexOf({ a: 1 }), await list.includes({ a: 2 })], [3, false]);
  assertEquals(await list.splice(3), [{ a: 1 }, "x"]);
  await list.sort();
  assertEquals(await list.snapshot(), [1, 2, 3]);
  await list.reverse();
  assertEquals([...list], [3, 2, 1]);
  assertEquals([await list.pop(), await list.shift(), await list.unshift(8, 9)], [1, 3, 3]);
  assertEquals(await list.slice(1), [9, 2]);
  await list.set(-1, "last");
  assertEquals(await list.update(2, (item) => `${item}!`), "last!");
  assertEquals(list.spliceSync(1, 1, "in", "between"), [9]);
  assertEquals(list.snapshotSync(), [8, "in", "between", "last!"]);
  await list.setSync(0, 10);
  await list.sort();
  assertEquals(await list.snapshot(), [10, "between", "in", "last!"]);
  await list.clear();
  assertEquals(await list.length(), 0);
});

test("a set has what a Set has", async () => {
  await using manager = new Manager();
  using set = manager.set<unknown>([1, 1, [2]]);
  assertEquals([await set.add([2]), set.addSync("x"), await set.addAll(["x", "y"])], [
    false,
    true,
    1,
  ]);
  assertEquals([await set.has([2]), await set.has([3])], [true, false]);
  assertEquals(await set.snapshot(), new Set<unknown>([1, [2], "x", "y"]));
  assertEquals([await set.delete([2]), await set.delete([2])], [true, false]);
  assertEquals([...set], [1, "x", "y"]);
  assertEquals(await set.size(), 3);
  await set.clear();
  assertEquals(await set.values(), []);
});

test("a namespace and a dict are seen as objects, a value by its property", async () => {
  await using manager = new Manager();
  using names = manager.namespace<{ x: number; tags: string[] }>({ x: 1 });
  names.view.x += 41;
  names.view.tags = ["a"];
  assertEquals([names.view.x, names.view.tags], [42, ["a"]]);
  assertEquals(await names.snapshot(), { x: 42, tags: ["a"] });
  assertEquals(await names.update("x", (x) => x + 1), 43);
  assertEquals(Object.keys(names.view), ["x", "tags"]);
  delete (names.view as Partial<{ x: number }>).x;
  assertEquals(["x" in names.view, "tags" in names.view], [false, true]);
  using dict = manager.dict<string, number>();
  Object.assign(dict.view, { a: 1, b: 2 });
  assertEquals({ ...dict.view }, { a: 1, b: 2 });
  assertEquals(JSON.stringify(dict.view), '{"a":1,"b":2}');
  using value = manager.value<unknown>({ a: 1 });
  value.value = [value.value];
  assertEquals(await value.get(), [{ a: 1 }]);
  assertEquals(await value.exchange(5), [{ a: 1 }]);
  assertEquals(await value.update((n) => (n as number) + 1), 6);
});

test("a batch is one step, returns what is wanted of it, and stops where it throws", async () => {
  await using manager = new Manager();
  using dict = manager.dict<string, number>();
  const [before, size] = await dict.batch((steps) => {
    const before = steps.get("a");
    steps.set("a", 1);
    steps.set("b", 2);
    return [before, steps.size()];
  });
  assertEquals([before, size], [undefined, 2]);
  const [all] = dict.batchSync((steps) => [steps.snapshot()]);
  assertEquals(all, new Map([["a", 1], ["b", 2]]));
  using list = manager.list<number>();
  await assertRejects(
    () =>
      list.batch((steps) => {
        steps.push(1);
        steps.set(5, 1);
        steps.push(2);
      }),
    RangeError,
    "Cannot set item 5: the list has 1 items",
  );
  assertEquals(await list.snapshot(), [1]);
});

test("things in things are the same ones: a list in a dict, a lock in a list, a dict in itself", async () => {
  await using manager = new Manager();
  using dict = manager.dict<string, unknown>();
  using list = manager.list<unknown>();
  await dict.set("list", list);
  await dict.set("nested", { deep: [list] });
  using lock = new Lock();
  using queue = manager.queue<number>();
  using array = sharedArray("i", [1, 2, 3]);
  await list.push(lock, { queue });
  await list.push(array);
  using held = await lock.acquire();
  assertEquals(held.abandoned, false);
  const there = await dict.get("list") as ListProxy<unknown>;
  assert(there === list, "what comes back is what was there");
  assert(await list.at(0) === lock);
  array[0] = 7;
  assertEquals((await list.at(2) as Int32Array)[0], 7);
  await ((await list.at(1)) as { queue: Queue<number> }).queue.put(1);
  assertEquals(await queue.get(), 1);
  await dict.set("self", dict);
  assert(await dict.get("self") === dict);
  await dict.clear();
  await list.clear();
});

test("a thing is forgotten when nobody has a proxy of it, also one that lies in another", async () => {
  await using manager = new Manager();
  using dict = manager.dict<string, unknown>();
  {
    using list = manager.list<number>([1]);
    await dict.set("list", list);
    assertEquals(await manager.count(), 2);
  }
  assertEquals(await manager.count(), 2, "the dict has it");
  {
    using again = await dict.get("list") as ListProxy<number>;
    assertEquals(await again.snapshot(), [1]);
  }
  await dict.delete("list");
  await until(async () => (await manager.count()) === 1, "nobody has the list any more");
  {
    using outer = manager.list<unknown>();
    using inner = manager.dict<string, unknown>();
    using leaf = manager.value(1);
    await inner.set("leaf", leaf);
    await outer.push({ inner });
  }
  await until(async () => (await manager.count()) === 1, "all of them are forgotten");
});

test("errors of the manager come with their class", async () => {
  await using manager = new Manager();
  using list = manager.list<number>();
  await assertRejects(() => list.set(3, 1), RangeError, "Cannot set item 3: the list has 0 items");
  assertThrows(() => list.updateSync(0, (n) => n), RangeError);
  const error = await assertRejects(
    () => list.push((() => {}) as unknown as number),
    SerializationError,
  );
  assertEquals(error.path, "value");
  assertEquals(await list.length(), 0);
  const child = new Process(uses.failure, { args: [list] }).start();
  assertEquals(await child.result, [true, "Cannot set item 7: the list has 0 items"]);
});

test("an update is one step, whoever else updates", async () => {
  await using manager = new Manager();
  using dict = manager.dict<string, number>();
  const children = (["sync", "async"] as const).map((kind) =>
    new Process(uses.count, { args: [dict, 200, kind] }).start()
  );
  for (let i = 0; i < 200; i++) await dict.update("n", (n = 0) => n + 1);
  for (const child of children) await child.result;
  assertEquals(await dict.get("n"), 600);
  await assertRejects(() =>
    dict.update("n", () => {
      throw new SyntaxError("changed its mind");
    }), SyntaxError);
  assertEquals(await dict.get("n"), 600);
});

test("proxies and managers travel to other processes, and what these make lives on", async () => {
  await using manager = new Manager();
  using dict = manager.dict<string, ListProxy<number>>();
  using list = manager.list<number>();
  await dict.set("list", list);
  const children = [1, 2].map((n) => new Process(uses.append, { args: [dict, n] }).start());
  const maker = new Process(uses.makeList, { args: [manager] }).start();
  for (const child of children) await child.result;
  assertEquals((await list.snapshot()).toSorted(), [1, 2]);
  using made = await maker.result;
  await maker.join();
  assertEquals(await made.snapshot(), ["made by a child"]);
  await dict.clear();
});

test("synchronous and asynchronous calls of one process may overlap", async () => {
  await using manager = new Manager();
  using list = manager.list<number>();
  const pending = Array.from({ length: 50 }, (_, n) => list.push(n));
  assertEquals(list.lengthSync(), 50);
  assertEquals(await Promise.all(pending), Array.from({ length: 50 }, (_, n) => n + 1));
  const last = list.push(50);
  list.pushSync(51);
  await last;
  assertEquals(await list.length(), 52);
});

test("large values pass, and are given back", async () => {
  await using manager = new Manager();
  using dict = manager.dict<string, Uint8Array>();
  const bytes = new Uint8Array(3_000_000).fill(5);
  await dict.set("bytes", bytes);
  assertEquals(await dict.get("bytes"), bytes);
  assertEquals(dict.takeSync("bytes"), bytes);
});

test("a manager that is closed answers what it was asked before, and nothing after", async () => {
  const manager = new Manager();
  using list = manager.list<number>();
  const pushed = list.push(1);
  manager.close();
  manager.close();
  assertEquals(await pushed, 1);
  await assertRejects(() => list.push(2), ClosedError, "Cannot call push: the manager is closed");
  assertThrows(() => list.pushSync(2), ClosedError, "the manager is closed");
  assertThrows(() => manager.dict(), ClosedError, "Cannot make anything: the manager is closed");
  assert(await manager.join());
  await manager[Symbol.asyncDispose]();
  manager[Symbol.dispose]();
  await assertRejects(() => list.length(), ClosedError, "the manager is closed");
  assertEquals([manager.isClosed, manager.isAlive], [true, false]);
});

test("`using` ends the manager's process without the event loop", () => {
  let manager: Manager;
  {
    using open = manager = new Manager();
    using dict = open.dict<string, number>();
    dict.view.a = 1;
    assertEquals(dict.view.a, 1);
  }
  assertEquals(manager.isAlive, false);
});

test("when the manager's process is killed, calls that wait and later ones tell of its death", async () => {
  await using manager = new Manager();
  manager.register("Counter", uses.Counter);
  using counter = await manager.create<uses.Counter>("Counter");
  using dict = manager.dict<string, number>();
  await dict.set("a", 1);
  const pid = manager.pid;
  const pending = counter.never();
  const child = new Process(uses.ask, { args: [counter], stdout: "null" }).start();
  manager.terminate();
  const error = await assertRejects(() => pending, ProcessDiedError);
  assertEquals([error.pid, error.exitCode, error.signal], [pid, -9, "SIGKILL"]);
  const sync = assertThrows(
    () => dict.getSync("a"),
    ProcessDiedError,
    "Cannot call get: the manager's",
  );
  assertEquals([sync.exitCode, sync.signal], [-9, "SIGKILL"]);
  const later = await assertRejects(() => dict.get("a"), ProcessDiedError, "has died (SIGKILL)");
  assertEquals([later.exitCode, later.signal], [-9, "SIGKILL"]);
  await assertRejects(() => child.result, Error, "has died");
});

test("a client that is killed in the middle of a call harms nobody, and its proxies are dropped", async () => {
  await using manager = new Manager();
  manager.register("Counter", uses.Counter);
  const counter = await manager.create<uses.Counter>("Counter");
  const child = new Process(uses.ask, { args: [counter], stdout: "piped" }).start();
  const reader = child.stdout!.getReader();
  assertEquals(new TextDecoder().decode((await reader.read()).value).trim(), "1");
  child.kill();
  await reader.cancel();
  await child.join();
  assertEquals(await counter.increment(), 2);
  counter[Symbol.dispose]();
  await until(async () => (await manager.count()) === 0, "nobody has the counter any more");
});

test("registered classes: only what is exposed, copies, generators, proxies of others", async () => {
  await using manager = new Manager();
  manager.register("Counter", uses.Counter);
  manager.register("Secretive", uses.Counter, { exposed: ["increment"] });
  using counter = await manager.create<uses.Counter>("Counter", 5);
  assertEquals([await counter.increment(), counter.incrementSync(4)], [6, 10]);
  assertEquals(await counter.later({ a: [1n] }), { a: [1n] });
  assertEquals(counter.laterSync("x"), "x");
  const numbers: number[] = [];
  for await (const n of counter.upTo(3)) numbers.push(n);
  for (const n of counter.upToSync(3)) numbers.push(n);
  assertEquals(numbers, [0, 1, 2, 0, 1, 2]);
  const words: string[] = [];
  await assertRejects(
    async () => {
      for await (const word of counter.slowly("a", "b")) words.push(word);
    },
    SyntaxError,
    "no more words",
  );
  assertEquals(words, ["a", "b"]);
  for await (const n of await counter.upTo(1_000)) if (n === 2) break;
  using other = await counter.another() as unknown as typeof counter;
  assertEquals([await other.increment(), await counter.increment()], [11, 11]);
  using same = await counter.itself() as unknown as typeof counter;
  assertEquals(await same.increment(), 12);
  await assertRejects(() => counter.closed(), ClosedError, "Cannot count: it is closed");
  const error = await assertRejects(() => counter.unsendable(), SerializationError);
  assertEquals(error.path, "result.deep[0]");
  assert(error.message.startsWith("Cannot send result.deep[0]: a function"), error.message);
  await assertRejects(() => counter._hidden(), TypeError, "Cannot call _hidden: it is not exposed");
  using secretive = await manager.create<uses.Counter>("Secretive");
  assertEquals(await secretive.increment(), 1);
  await assertRejects(() => secretive.another(), TypeError, "it is not exposed");
  await assertRejects(() => manager.create("Counter", -1), RangeError, "Cannot count from -1");
  await assertRejects(() => manager.create("Nobody"), TypeError, 'Cannot create "Nobody"');
  using dict = manager.dict<string, unknown>();
  assertEquals(await counter.fill(dict as DictProxy<string, unknown>), 2);
});

test("a thing that was disposed of cannot be used here, and others go on with it", async () => {
  await using manager = new Manager();
  using dict = manager.dict<string, unknown>();
  const list = manager.list<number>();
  await dict.set("list", list);
  list.dispose();
  list.dispose();
  await assertRejects(() => list.push(1), ClosedError, "this process has disposed of it");
  using again = await dict.get("list") as ListProxy<number>;
  assertEquals(await again.push(1), 1);
});

test("locks, queues, arrays and the like of a manager are the shared ones, and outlive it", async () => {
  const made = (() => {
    using manager = new Manager();
    return [
      manager.lock(),
      manager.rlock(),
      manager.semaphore(2),
      manager.boundedSemaphore(),
      manager.condition(),
      manager.event(),
      manager.barrier(2),
      manager.queue<number>(1),
      manager.joinableQueue<number>(),
      manager.array("i", [1, 2]),
    ] as const;
  })();
  const [lock, rlock, semaphore, bounded, condition, event, barrier, queue, joinable, array] = made;
  for (const one of [lock, rlock, semaphore, bounded, condition]) {
    using held = await one.acquire();
    assertEquals(held.abandoned, false);
    if (one === condition) condition.notifyAll();
  }
  event.set();
  assertEquals(event.isSet, true);
  assertEquals(barrier.parties, 2);
  await queue.put(1);
  await joinable.put(2);
  assertEquals([queue.isFull, await joinable.get()], [true, 2]);
  joinable.taskDone();
  await joinable.join();
  assertEquals([...array], [1, 2]);
  for (const one of made) one[Symbol.dispose]();
  condition.lock.dispose();
});

test("what nothing can be made of is refused at once, in one sentence", async () => {
  await using manager = new Manager();
  class Empty {}
  const wrong: [() => unknown, string][] = [
    [() => manager.dict(5 as never), "make a dict: entries must be iterable, got 5"],
    [
      () => manager.dict({ a: 1 } as never),
      "make a dict: entries must be iterable, got [object Object]",
    ],
    [
      () => manager.dict([["a", 1], "bc"] as never),
      'make a dict: entries[1] must be a pair, got "bc"',
    ],
    [() => manager.list(5 as never), "make a list: items must be iterable, got 5"],
    [() => manager.set(null as never), "make a set: items must be iterable, got null"],
    [() => manager.namespace(5 as never), "make a namespace: initial must be an object, got 5"],
    [() => manager.register(5 as never, Empty), "register a class: name must be a string, got 5"],
    [
      () => manager.register("Empty", Empty, { exposed: "add" as never }),
      'register a class: exposed must be an array, got "add"',
    ],
    [
      () => manager.register("Empty", Empty, "add" as never),
      'register a class: options must be an object, got "add"',
    ],
  ];
  for (const [act, sentence] of wrong) {
    assertEquals(assertThrows(act, TypeError).message, `Cannot ${sentence}`);
  }
  const later: [() => Promise<unknown>, string][] = [
    [() => manager.create(5 as never), "create an instance: name must be a string, got 5"],
    [() => manager.publish(5 as never, 1), "publish: name must be a string, got 5"],
    [() => manager.find(undefined as never), "find: name must be a string, got undefined"],
  ];
  for (const [act, sentence] of later) {
    assertEquals((await assertRejects(act, TypeError)).message, `Cannot ${sentence}`);
  }
  assertEquals(await manager.count(), 0);
  using dict = manager.dict<string, number>();
  const setting = async () => await dict.setAll(5 as never);
  assertEquals(
    (await assertRejects(setting, TypeError)).message,
    "Cannot set in the dict: entries must be iterable, got 5",
  );
});
