import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { existsSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import process from "node:process";
import {
  AlreadyExistsError,
  ClosedError,
  dispose,
  isShared,
  NotFoundError,
  Pool,
  SharedMemory,
} from "../../mod.ts";
import { programOf, start, succeed } from "../conformance/children.ts";
import type { Child, Stdio } from "../../src/runtime/port.ts";
import { collect } from "../fixtures/shared/collect.ts";
import { makeMemory, write } from "../fixtures/shared/memories.ts";
import type { Step } from "../fixtures/shared/memory_child.ts";
import { type RuntimeName, runtimeName, test, until } from "../support/harness.ts";
import { descriptors } from "../support/proc.ts";
import { runtimeNames } from "../support/runtime.ts";

function freshName(): string {
  return `x-mp-test-${crypto.randomUUID()}`;
}

function fileOf(name: string): string {
  return `/dev/shm/${name}`;
}

/** Starts a program that takes these steps. */
function run(
  name: string,
  steps: readonly Step[],
  on: RuntimeName = runtimeName,
  stdout: Stdio = "null",
): Child {
  return start("../shared/memory_child.ts", { name, steps }, { on, stdout });
}

/** The same, and waits until it says that it is ready; then it stays. */
async function runUntilReady(name: string, steps: readonly Step[]): Promise<Child> {
  const child = run(name, [...steps, { act: "ready" }, { act: "stay" }], runtimeName, "piped");
  const reader = child.stdout!.getReader();
  await reader.read();
  reader.releaseLock();
  return child;
}

async function kill(child: Child): Promise<void> {
  process.kill(child.pid, "SIGKILL");
  await child.stdout!.cancel();
  await child.exited;
}

const elsewhere = runtimeNames.filter((name) => programOf(name) !== undefined);
const missing = runtimeNames.filter((name) => !elsewhere.includes(name));
const ignore: Partial<Record<RuntimeName, string>> = missing.length === 0
  ? {}
  : { [runtimeName]: `${missing} is not here` };

test("Deno, Bun and Node count together in memory that they know by name", { ignore }, async () => {
  const name = freshName();
  using memory = SharedMemory.create({ name, size: 16 });
  const times = 200_000;
  const children = runtimeNames.map((on) =>
    run(name, [{ act: "open" }, { act: "add", times }], on)
  );
  await Promise.all(children.map(succeed));
  memory.unlink();
  assertEquals(new Int32Array(memory.buffer)[0], 3 * times);
  assertEquals(new BigInt64Array(memory.buffer)[1], 3n * BigInt(times) * 2n ** 33n);
});

for (const on of elsewhere) {
  test(`${runtimeName} opens what ${on} has made`, async () => {
    const name = freshName();
    const maker = run(name, [
      { act: "create", size: 100, persistent: true },
      { act: "add", times: 3 },
    ], on);
    await succeed(maker);
    using memory = SharedMemory.open(name);
    memory.unlink();
    assertEquals([memory.size, new Int32Array(memory.buffer, 0, 1)[0]], [100, 3]);
  });
}

test("new memory is zeros, has its size, a name, and is its owner's alone", () => {
  for (const size of [1, 100, 4096, 5000, 2 ** 20]) {
    using memory = SharedMemory.create({ size });
    assertEquals([memory.size, memory.buffer.byteLength], [size, size]);
    assert(new Uint8Array(memory.buffer).every((x) => x === 0));
    assert(isShared(memory.buffer));
    const { mode } = statSync(fileOf(memory.name));
    assertEquals(mode & 0o777, 0o600);
    memory.unlink();
    assert(!existsSync(fileOf(memory.name)));
  }
});

test("two who open one name have the same memory in mappings of their own", () => {
  using a = SharedMemory.create({ size: 8 });
  using b = SharedMemory.open(a.name);
  assert(a.buffer !== b.buffer);
  new Int32Array(a.buffer)[1] = 5;
  assertEquals(new Int32Array(b.buffer)[1], 5);
  b.close();
  assertEquals(new Int32Array(a.buffer)[1], 5);
  a.unlink();
});

test("a taken name, a missing one, a bad one and a bad size each have their error", () => {
  const name = freshName();
  using memory = SharedMemory.create({ name, size: 100 });
  assertThrows(() => SharedMemory.create({ name, size: 100 }), AlreadyExistsError, name);
  assertThrows(() => SharedMemory.open(freshName()), NotFoundError, 'there is no "x-mp-test-');
  for (const size of [0, -1, 1.5, NaN, Infinity, "8" as never, undefined as never]) {
    assertThrows(() => SharedMemory.create({ size }), RangeError, "size must be an integer from 1");
  }
  for (const bad of ["", ".", "..", "a/b", "/a", "-a", "a b", "ä", "a\0", "x".repeat(201)]) {
    assertThrows(() => SharedMemory.open(bad), RangeError, "name must be 1 to 200");
    assertThrows(() => SharedMemory.create({ name: bad, size: 8 }), RangeError, "name must be");
  }
  for (const bad of [5, null, {}]) {
    assertThrows(() => SharedMemory.open(bad as never), TypeError, "name must be a string");
  }
  memory.unlink();
});

test("memory that need not be new is opened if it is there and large enough", () => {
  const name = freshName();
  using first = SharedMemory.create({ name, size: 100, exclusive: false });
  new Int32Array(first.buffer, 0, 1)[0] = 9;
  using second = SharedMemory.create({ name, size: 50, exclusive: false });
  assertEquals([second.size, new Int32Array(second.buffer, 0, 1)[0]], [100, 9]);
  assertThrows(
    () => SharedMemory.create({ name, size: 101, exclusive: false }),
    RangeError,
    "has 100 bytes, asked for 101",
  );
  first.unlink();
});

test("after unlink() who has the memory keeps it, and the name is free", () => {
  const name = freshName();
  using first = SharedMemory.create({ name, size: 8 });
  using same = SharedMemory.open(name);
  same.unlink();
  assertThrows(() => SharedMemory.open(name), NotFoundError);
  using second = SharedMemory.create({ name, size: 8 });
  first.unlink();
  new Int32Array(first.buffer)[0] = 1;
  assertEquals([new Int32Array(same.buffer)[0], new Int32Array(second.buffer)[0]], [1, 0]);
  using found = SharedMemory.open(name);
  new Int32Array(second.buffer)[0] = 2;
  assertEquals(new Int32Array(found.buffer)[0], 2);
  second.unlink();
  second.unlink();
});

test("late use is an error or undefined, never a crash", () => {
  const memory = SharedMemory.create({ size: 8 });
  const view = new Int32Array(memory.buffer);
  memory.unlink();
  memory.close();
  memory.close();
  assertThrows(() => memory.buffer, ClosedError, "was closed in this process");
  assertEquals([view.length, view[0]], [0, undefined]);
  const other = SharedMemory.create({ size: 8 });
  other.unlink();
  dispose(new Int32Array(other.buffer));
  assertThrows(() => other.buffer, ClosedError);
});

test("memory that is not reachable any more is closed by the collector", async () => {
  const opened = () => [...descriptors().values()].filter((path) => path.startsWith("/dev/shm/"));
  const before = opened().length;
  (() => {
    for (let i = 0; i < 20; i++) SharedMemory.create({ size: 8 }).unlink();
  })();
  await until(async () => {
    await collect();
    return opened().length <= before;
  }, "all are closed");
});

test("the memory of a killed program is swept, by whoever looks for it or makes other", async () => {
  const [first, second] = [freshName(), freshName()];
  const steps: Step[] = [{ act: "create", size: 8 }];
  const makers = await Promise.all([runUntilReady(first, steps), runUntilReady(second, steps)]);
  assert(existsSync(fileOf(first)) && existsSync(fileOf(second)));
  await Promise.all(makers.map(kill));
  assertThrows(() => SharedMemory.open(first), NotFoundError);
  assert(!existsSync(fileOf(first)));
  await succeed(run(freshName(), [{ act: "create", size: 8 }]));
  assert(!existsSync(fileOf(second)));
});

test("the name of a killed program's memory can be taken at once", async () => {
  const name = freshName();
  await kill(await runUntilReady(name, [{ act: "create", size: 8 }]));
  using memory = SharedMemory.create({ name, size: 32 });
  assertEquals(memory.size, 32);
  memory.unlink();
});

test("memory that anybody has open is not swept, although its maker was killed", async () => {
  const name = freshName();
  const maker = await runUntilReady(name, [{ act: "create", size: 16 }, { act: "add", times: 5 }]);
  const memory = SharedMemory.open(name);
  await kill(maker);
  await succeed(run(freshName(), [{ act: "create", size: 8 }]));
  using again = SharedMemory.open(name);
  assertEquals(new Int32Array(again.buffer)[0], 5);
  memory.close();
  again.close();
  assertThrows(() => SharedMemory.open(name), NotFoundError);
});

test("memory that nobody has open stays while its maker lives", async () => {
  const name = freshName();
  const maker = await runUntilReady(name, [
    { act: "create", size: 16 },
    { act: "add", times: 5 },
    { act: "close" },
  ]);
  await succeed(run(freshName(), [{ act: "create", size: 8 }]));
  using memory = SharedMemory.open(name);
  assertEquals(new Int32Array(memory.buffer)[0], 5);
  await kill(maker);
  memory.unlink();
});

test("what a program forgets to unlink goes when it ends, unless it is persistent", async () => {
  const [forgotten, persistent] = [freshName(), freshName()];
  await succeed(run(forgotten, [{ act: "create", size: 8 }]));
  assert(!existsSync(fileOf(forgotten)));
  await succeed(run(persistent, [{ act: "create", size: 8, persistent: true }]));
  await succeed(run(freshName(), [{ act: "create", size: 8 }]));
  using memory = SharedMemory.open(persistent);
  memory.unlink();
});

test("what a child has made outlives it as long as the tree lives", async () => {
  const name = freshName();
  {
    await using pool = new Pool(1);
    await pool.apply(makeMemory, [name]);
  }
  await succeed(run(freshName(), [{ act: "create", size: 8 }]));
  using memory = SharedMemory.open(name);
  assertEquals(new Int32Array(memory.buffer)[0], 7);
  memory.unlink();
});

test("programs that race for the name of a killed one all have the same memory", async () => {
  const name = freshName();
  const size = 16;
  await kill(await runUntilReady(name, [{ act: "create", size: 4096 }]));
  const racers = [1, 2, 3, 4].map(() =>
    runUntilReady(name, [{ act: "create", size, exclusive: false }, { act: "add", times: 100 }])
  );
  const all = await Promise.all(racers);
  using memory = SharedMemory.open(name);
  memory.unlink();
  await Promise.all(all.map(kill));
  // Not the memory of the killed one.
  assertEquals([memory.size, new Int32Array(memory.buffer)[0]], [size, 400]);
});

test("memory and views of it travel through the tree as themselves", async () => {
  using memory = SharedMemory.create({ size: 16 });
  const view = new Int32Array(memory.buffer, 4, 2);
  await using pool = new Pool(1);
  const [back, part, isOne] = await pool.apply(write, [memory, view]);
  assertEquals([isOne, view[0], part.byteOffset], [true, 42, 4]);
  assertStrictEquals(back, memory);
  assertStrictEquals(part.buffer, memory.buffer);
  memory.unlink();
});

test("a file of another program is opened as it is, and never swept", async () => {
  const name = freshName();
  writeFileSync(fileOf(name), "hello, shared");
  try {
    using memory = SharedMemory.open(name);
    assertEquals(new TextDecoder().decode(memory.buffer), "hello, shared");
    memory.close();
    await succeed(run(freshName(), [{ act: "create", size: 8 }]));
    assert(existsSync(fileOf(name)));
  } finally {
    unlinkSync(fileOf(name));
  }
});
