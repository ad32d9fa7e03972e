import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { tmpdir } from "node:os";
import { ClosedError, Manager, Process, RemoteError } from "../../mod.ts";
import * as uses from "../fixtures/manager/uses.ts";
import { areGone, runScript, Script } from "../process/script.ts";
import { test, until } from "../support/harness.ts";
import "../support/shared_memory.ts";

const OWNER = "manager/owner.ts";

for (const how of ["ends", "exits", "throws"]) {
  test(`a manager's process goes with a program that ${how} and has not closed it`, async () => {
    const script = new Script(OWNER, { args: [how] });
    const pids = (await script.printed(3)).map(Number);
    const { code } = await script.ending;
    assertEquals(code, { ends: 0, exits: 3, throws: 1 }[how]);
    await until(() => areGone(pids), "the manager and the child are gone");
  });
}

test("a manager's process goes with an owner that is killed", async () => {
  const script = new Script(OWNER, { args: ["waits"] });
  const pids = (await script.printed(3)).map(Number);
  assertEquals(areGone(pids.slice(1, 2)), false);
  script.kill("SIGKILL");
  await until(() => areGone(pids), "all three are gone");
  await script.ending;
});

test("Ctrl-C does not end a manager whose owner goes on", async () => {
  const { code, stdout, stderr } = await runScript(OWNER, { args: ["interrupted"] });
  assertEquals([code, stderr, stdout.trimEnd().split("\n").at(-1)], [0, "", "1"]);
});

test("a pool of a manager works for every process that has it, and ends with it", async () => {
  await using manager = new Manager();
  {
    using pool = manager.pool(2);
    assertEquals(await pool.size(), 2);
    assertEquals(await pool.map(uses.square, [1, 2, 3]), [1, 4, 9]);
    assertEquals(await pool.starmap(uses.add, [[1, 2], [3, 4]]), [3, 7]);
    assertEquals(pool.applySync(uses.add, [5, 6]), 11);
    assertEquals(pool.mapSync(uses.square, [4, 5], { chunkSize: 1 }), [16, 25]);
    assertEquals(pool.starmapSync(uses.add, [[7, 8], [9, 10]]), [15, 19]);
    assertEquals(pool.sizeSync(), 2);
    const error = await assertRejects(() => pool.apply(uses.fails, ["no"]), RemoteError, "no");
    assert(error.cause instanceof RangeError);
    const child = new Process(uses.usePool, { args: [pool, [6, 7]] }).start();
    assertEquals(await child.result, [36, 49]);
    await pool.close();
    await pool.join();
  }
  await until(async () => (await manager.count()) === 0, "the pool is forgotten");
  using second = manager.pool(1);
  assertEquals(await second.apply(uses.square, [3]), 9);
  second.closeSync();
  second.joinSync();
  await assertRejects(() => second.apply(uses.square, [3]), ClosedError);
  using third = manager.pool(1);
  third.terminateSync();
  third.joinSync();
  assertThrows(() => manager.pool(0), RangeError, "workers must be an integer from 1 on, got 0");
});

test("a manager of a manager's child works, and goes with that child", async () => {
  await using manager = new Manager();
  using list = manager.list<number>();
  const child = new Process(uses.nest, { args: [list] }).start();
  assertEquals(await child.result, 3);
  assertEquals(await list.snapshot(), [1, 2, 3]);
  const bad = new Process(uses.failure, { args: [list] }).start();
  assertEquals((await bad.result)[0], true);
  assert(!(RemoteError.prototype instanceof RangeError));
});

test("without --allow-net or --allow-write one sentence says what to add", {
  ignore: { bun: "it has no permissions", node: "it does not guard sockets" },
}, async () => {
  const path = `${tmpdir()}/x-mp-denied-${Date.now()}.sock`;
  const flags = ["--allow-ffi", "--allow-run", "--allow-read", "--allow-env", "--allow-sys"];
  const denied = async (address: unknown, ...more: string[]): Promise<string[]> => {
    const args = [JSON.stringify(address)];
    const ending = await runScript("manager/denied.ts", { flags: [...flags, ...more], args });
    return ending.stdout.trimEnd().split("\n");
  };
  assertEquals(await denied({ port: 0 }), [
    "UnsupportedError: Cannot listen on 127.0.0.1:0: add --allow-net=127.0.0.1:0",
    "UnsupportedError: Cannot connect to 127.0.0.1:1: add --allow-net=127.0.0.1:1",
  ]);
  for (const [flag, ...more] of [["net=unix:"], ["write=", `--allow-net=unix:${path}`]]) {
    assertEquals(await denied(path, ...more), [
      `UnsupportedError: Cannot listen on ${path}: add --allow-${flag}${path}`,
      `UnsupportedError: Cannot connect to ${path}: add --allow-${flag}${path}`,
    ]);
  }
});
