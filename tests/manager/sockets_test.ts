import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { connect as netConnect, type Socket } from "node:net";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import {
  AuthenticationError,
  BrokenPipeError,
  ClosedError,
  type ConditionProxy,
  type DictProxy,
  Event,
  type ListProxy,
  Lock,
  LockError,
  type LockProxy,
  Manager,
  NotFoundError,
  type QueueProxy,
  type RemoteManager,
  RLock,
  SerializationError,
  TimeoutError,
  UnsupportedError,
} from "../../mod.ts";
import * as uses from "../fixtures/manager/uses.ts";
import { ask, programOf } from "../conformance/children.ts";
import { test, until } from "../support/harness.ts";
import { attacks, hostile } from "./hostile.ts";
import { type RuntimeName, runtimeName, runtimeNames } from "../support/runtime.ts";
import "../support/shared_memory.ts";

const authKey = "a key that both have";
let paths = 0;

/** A path for a Unix socket that is nobody else's. */
function freePath(): string {
  return `${tmpdir()}/x-mp-${process.pid}-${paths++}.sock`;
}

interface Place {
  readonly manager: Manager;
  readonly path: string;
  connect(): Promise<RemoteManager>;
}

/** A manager that listens, as long as it is used. */
async function listening(use: (place: Place) => Promise<void>, maxMessageSize?: number) {
  const path = freePath();
  try {
    await using manager = new Manager({ address: path, authKey, maxMessageSize });
    assertEquals(await manager.address(), { path });
    await use({ manager, path, connect: () => Manager.connect(path, { authKey, maxMessageSize }) });
  } finally {
    rmSync(path, { force: true });
  }
}

/** A stranger: bytes as they are. */
class Stranger {
  readonly socket: Socket;
  received = 0;
  isClosed = false;

  constructor(path: string) {
    this.socket = netConnect(path);
    this.socket.on("data", (bytes) => this.received += bytes.length);
    this.socket.on("error", () => {});
    this.socket.on("close", () => this.isClosed = true);
  }

  async greeted(): Promise<this> {
    await until(() => this.received >= 40, "the manager has sent its challenge");
    return this;
  }

  async ended(): Promise<void> {
    await until(() => this.isClosed, "the manager has closed the connection");
  }
}

test("an unrelated process makes things, finds things, nests them, and shares them with the tree", () =>
  listening(async ({ manager, connect }) => {
    using dict = manager.dict<string, unknown>([["a", 1]]);
    await manager.publish("dict", dict);
    using remote = await connect();
    using other = await connect();
    const there = await remote.find<DictProxy<string, unknown>>("dict");
    assertEquals(await there.snapshot(), new Map([["a", 1]]));
    await there.set("b", { deep: [new Map([[1n, new Date(0)]])] });
    assertEquals(await dict.get("b"), { deep: [new Map([[1n, new Date(0)]])] });
    const list = await remote.list<unknown>([1]);
    await there.set("list", { nested: list });
    using here = (await dict.get("list") as { nested: ListProxy }).nested;
    await here.push(2, dict);
    assertEquals((await list.snapshot()).slice(0, 2), [1, 2]);
    const elsewhere = await other.find<DictProxy<string, unknown>>("dict");
    const { nested } = await elsewhere.get("list") as { nested: ListProxy };
    const round = await nested.at(2) as DictProxy<string, unknown>;
    assertEquals(await round.get("a"), 1);
    const [size] = await there.batch((steps) => [steps.size()]);
    assertEquals(size, 3);
    assertEquals(await there.update("a", (n) => (n as number) + 1), 2);
    await assertRejects(() => list.set(9, 0), RangeError, "Cannot set item 9");
    await assertRejects(() => remote.find("nothing"), NotFoundError, 'Cannot find "nothing"');
    await dict.clear();
    await here.clear();
  }));

test("what a connection was given is forgotten when it ends, however that happens", () =>
  listening(async ({ manager, connect }) => {
    const remote = await connect();
    const list = await remote.list([1]);
    const dict = await remote.dict([["list", list]]);
    assertEquals(await manager.count(), 2);
    (await remote.value(1)).dispose();
    await until(async () => (await manager.count()) === 2, "the value is forgotten");
    remote.close();
    await until(async () => (await manager.count()) === 0, "all is forgotten");
    await assertRejects(() => dict.size(), ClosedError, "the connection to the manager is closed");
  }));

test("locks, conditions, events, barriers, queues and arrays work between connections", () =>
  listening(async ({ manager, connect }) => {
    using a = await connect();
    const b = await connect();
    using lock = new Lock();
    await manager.publish("lock", lock);
    const [mine, yours] = [await a.find<LockProxy>("lock"), await b.find<LockProxy>("lock")];
    {
      await using held = await mine.acquire();
      assertEquals([held.abandoned, lock.locked], [false, true]);
      assertEquals(await yours.tryAcquire(), undefined);
      await assertRejects(() => yours.acquire({ timeout: 1 }), TimeoutError);
      await assertRejects(() => yours.release(), LockError);
    }
    assertEquals(lock.locked, false);
    const rlock = await a.rlock();
    await rlock.acquire();
    await rlock.acquire();
    await rlock.release();
    assertEquals(await rlock.locked(), true);
    await rlock.release();
    assertEquals(await rlock.locked(), false);
    const semaphore = await a.boundedSemaphore(1);
    const held = await semaphore.acquire();
    assertEquals(await semaphore.value(), 0);
    await held.release();
    await held.release();
    await assertRejects(() => semaphore.release(), LockError);
    using shared = manager.list<unknown>();
    await manager.publish("box", shared);
    const box = await a.find<ListProxy<unknown>>("box");
    await box.push(await a.condition(), await a.barrier(2), await a.event());
    const [condition, barrier, event] = await box.snapshot() as [
      ConditionProxy,
      Awaited<ReturnType<RemoteManager["barrier"]>>,
      Awaited<ReturnType<RemoteManager["event"]>>,
    ];
    const theirs = await (await b.find<ListProxy<unknown>>("box")).snapshot() as [
      typeof condition,
      typeof barrier,
      typeof event,
    ];
    let isReady = false;
    await using _ = await condition.acquire();
    const waited = condition.waitFor(() => isReady);
    await assertRejects(() => theirs[0].notify(), LockError);
    {
      await using _ = await theirs[0].acquire();
      isReady = true;
      await theirs[0].notifyAll();
    }
    assertEquals(await waited, true);
    const indices = await Promise.all([barrier.wait(), theirs[1].wait()]);
    assertEquals(indices.toSorted(), [0, 1]);
    const set = event.wait();
    await theirs[2].set();
    assertEquals([await set, await event.isSet()], [true, true]);
    const queue = await a.joinableQueue<unknown>(1);
    await queue.put({ a: 1 });
    assertEquals([await queue.isFull(), await queue.tryPut(2)], [true, false]);
    assertEquals(await queue.get(), { a: 1 });
    await queue.taskDone();
    await queue.join();
    await queue.close();
    await assertRejects(() => queue.get(), ClosedError, "it is closed and empty");
    const array = await a.array("i", [1, 2, 3]);
    await array.set(-1, 7);
    assertEquals(await array.snapshot(), new Int32Array([1, 2, 7]));
    // Who ends while he holds a lock gives it back.
    await yours.acquire();
    b.close();
    await until(() => !lock.locked, "the lock is released");
    await box.clear();
    await manager.publish("box", undefined);
  }));

test("a connection needs the key, and a manager that listens everywhere must be asked for", () =>
  listening(async ({ path, connect }) => {
    await assertRejects(
      () => Manager.connect(path, { authKey: "another key" }),
      AuthenticationError,
      "Cannot connect to the manager: the manager has another key",
    );
    assertThrows(
      () => new Manager({ address: path }),
      TypeError,
      "authKey must be a text or bytes",
    );
    assertThrows(() => new Manager({ address: path, authKey: "" }), TypeError, "an empty one");
    assertThrows(() => new Manager({ authKey }), TypeError, "there is no address");
    assertThrows(
      () => new Manager({ address: { host: "0.0.0.0", port: 0 }, authKey }),
      TypeError,
      "say allowRemote: true",
    );
    assertThrows(
      () => new Manager({ address: { port: -1 } as { port: number }, authKey }),
      TypeError,
      "address must be",
    );
    await assertRejects(() => Manager.connect("/no/such", { authKey }), UnsupportedError, "ENOENT");
    using remote = await connect();
    const dict = await remote.dict<string, unknown>();
    assertThrows(() => dict.getSync("a"), UnsupportedError, "use the method without Sync");
    await assertRejects(() => dict.set("f", () => {}), SerializationError, "value");
    await using second = new Manager({ address: path, authKey });
    await assertRejects(() => second.address(), UnsupportedError, "EADDRINUSE");
  }));

test("a server without the key is refused by who connects, although it says that all is well", () =>
  listening(async ({ path }) => {
    const { createServer } = await import("node:net");
    const false_ = freePath();
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.write(new TextEncoder().encode("x-mp/1\r\n"));
      socket.write(new Uint8Array(32));
      socket.on("data", () => socket.write(new Uint8Array(33).fill(1)));
    });
    await new Promise<void>((resolve) => server.listen(false_, resolve));
    await assertRejects(
      () => Manager.connect(false_, { authKey }),
      AuthenticationError,
      "what listens there has another key",
    );
    await new Promise((resolve) => server.close(resolve));
    rmSync(false_, { force: true });
    assert(path !== false_);
  }));

test("TCP on this machine works, with any port", async () => {
  await using manager = new Manager({ address: { port: 0 }, authKey: new Uint8Array([1, 2, 3]) });
  const address = (await manager.address()) as { host: string; port: number };
  assertEquals([address.host, address.port > 0], ["127.0.0.1", true]);
  using remote = await Manager.connect(address, { authKey: new Uint8Array([1, 2, 3]) });
  const list = await remote.list(["a"]);
  assertEquals(await list.snapshot(), ["a"]);
});

test("strangers that say nothing, nonsense, or half of it harm nobody", () =>
  listening(async ({ manager, path, connect }) => {
    using remote = await connect();
    const dict = await remote.dict<string, number>();
    const silent = await new Stranger(path).greeted();
    const half = await new Stranger(path).greeted();
    half.socket.write(new Uint8Array(10));
    const nonsense = await new Stranger(path).greeted();
    nonsense.socket.write(new Uint8Array(64).fill(7));
    await nonsense.ended();
    assertEquals(nonsense.received, 41, "nothing but the challenge and a refusal");
    const loud = await new Stranger(path).greeted();
    loud.socket.write(new Uint8Array(1_000_000));
    await loud.ended();
    const crowd = Array.from({ length: 80 }, () => new Stranger(path));
    await silent.ended();
    await dict.set("a", 1);
    assertEquals(await dict.get("a"), 1);
    using another = await connect();
    assertEquals(await another.count(), 1);
    for (const { socket } of [half, ...crowd]) socket.destroy();
    for (const one of [half, ...crowd]) await one.ended();
    assertEquals(await manager.count(), 1);
  }));

test("who has the key and sends nonsense, references of others or too much is cut off, alone", () =>
  listening(async ({ manager, path, connect }) => {
    using remote = await connect();
    const dict = await remote.dict<string, unknown>([["a", 1]]);
    using lock = new Lock();
    for (const attack of attacks) {
      const one = await hostile(path, authKey);
      attack(one);
      await until(() => one.isClosed || one.replies > 0, `an answer to ${attack.name}`);
      if (attack.name.startsWith("refused")) assertEquals(one.errors, 1, attack.name);
      else assertEquals([one.isClosed, one.replies], [true, 0], attack.name);
      one.socket.destroy();
      await until(() => one.isClosed, "the connection is closed");
      assertEquals(await dict.get("a"), 1);
    }
    const big = await connect();
    const list = await big.list<unknown>();
    await assertRejects(
      () => list.push(new Uint8Array(200_000)),
      Error,
      "the connection to the manager has broken",
    );
    // What is too large to be sent back is an error, and the connection goes on.
    using large = manager.dict<string, Uint8Array>([["large", new Uint8Array(200_000)]]);
    await manager.publish("large", large);
    const there = await remote.find<DictProxy<string, Uint8Array>>("large");
    await assertRejects(() => there.get("large"), SerializationError, "at most 65536 are allowed");
    assertEquals(await there.size(), 1);
    await manager.publish("lock", lock);
    await assertRejects(() => there.set("lock", lock as unknown as Uint8Array), SerializationError);
  }, 65_536));

test("who asks and does not read what he is told does not fill the manager's memory", () =>
  listening(async ({ path, connect }) => {
    const deaf = await hostile(path, authKey);
    deaf.socket.pause();
    const text = "x".repeat(15_000);
    for (let call = 1; call <= 1_000; call++) deaf.request(0, call, 0, "find", [text]);
    using remote = await connect();
    assertEquals(await remote.count(), 0);
    deaf.socket.resume();
    await until(() => deaf.isClosed, "it was cut off");
    assert(deaf.replies < 1_000, "not all of it was kept for it");
  }, 16_384));

test("when the manager closes, who is connected is told; when its process is killed, too", async () => {
  const path = freePath();
  const manager = new Manager({ address: path, authKey });
  await manager.address();
  const remote = await Manager.connect(path, { authKey });
  const event = await remote.event();
  const waiting = assertRejects(() => event.wait(), ClosedError);
  await manager[Symbol.asyncDispose]();
  await waiting;
  await assertRejects(() => event.isSet(), ClosedError, "the manager is closed");
  rmSync(path, { force: true });
  await using second = new Manager({ address: path, authKey });
  await second.address();
  const again = await Manager.connect(path, { authKey });
  const queue: QueueProxy<number> = await again.queue();
  const get = assertRejects(
    () => queue.get(),
    BrokenPipeError,
    "the connection to the manager has broken",
  );
  second.terminate();
  await get;
  await assertRejects(() => queue.size(), BrokenPipeError);
  rmSync(path, { force: true });
});

test("what is held by processes cannot be sent, what is not published is not found", () =>
  listening(async ({ manager, connect }) => {
    using rlock = new RLock();
    await manager.publish("rlock", rlock);
    using event = new Event();
    await manager.publish("event", event);
    using remote = await connect();
    await assertRejects(() => remote.find("rlock"), TypeError, "use a Lock");
    const there = await remote.find<Awaited<ReturnType<RemoteManager["event"]>>>("event");
    await there.set();
    assertEquals(event.isSet, true);
    manager.register("Counter", uses.Counter);
    // What this process has said has been heard.
    assertEquals(await manager.count(), 1);
    // A proxy that nobody needs any more could have been collected, and what it stands for be gone.
    assertEquals(await there.isSet(), true);
    const counter = await remote.create<uses.Counter>("Counter", 3);
    assertEquals(await counter.increment(), 4);
    const numbers: number[] = [];
    for await (const n of counter.upTo(3)) numbers.push(n);
    assertEquals(numbers, [0, 1, 2]);
    await manager.publish("rlock", undefined);
    await manager.publish("event", undefined);
  }));

for (const other of runtimeNames) {
  if (other === runtimeName) continue;
  const ignore: Partial<Record<RuntimeName, string>> = programOf(other) === undefined
    ? { [runtimeName]: `${other} is not here` }
    : {};
  test(
    `a manager of ${runtimeName} serves a program of ${other}`,
    { ignore },
    () =>
      listening(async ({ manager, path }) => {
        using dict = manager.dict<string, unknown>([["n", 0]]);
        using queue = manager.queue<string>();
        await manager.publish("dict", dict);
        await manager.publish("queue", queue);
        const outputs = await Promise.all(
          [1, 2].map(() =>
            ask<[string, number]>("../manager/client.ts", { path, authKey }, { on: other })
          ),
        );
        assertEquals(await dict.get("n"), 100);
        const greetings = [await queue.get(), await queue.get()];
        for (const [text, pid] of outputs) {
          assertEquals(text, "a list of");
          assert(greetings.includes(`hello from ${pid}`));
          using list = await dict.get(`list of ${pid}`) as ListProxy;
          assertEquals(await list.snapshot(), ["a list of", pid]);
        }
        await dict.clear();
        await manager.publish("dict", undefined);
        await manager.publish("queue", undefined);
      }),
  );
}
