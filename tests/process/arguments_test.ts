import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import process from "node:process";
import { activeChildren, Process, ProcessError, SerializationError } from "../../mod.ts";
import { member } from "../../src/parking/member.ts";
import { Greeter } from "../fixtures/process/classes.ts";
import * as targets from "../fixtures/process/targets.ts";
import { test } from "../support/harness.ts";
import { childrenOf } from "../support/proc.ts";
import "../support/shared_memory.ts";
import { assertEnds } from "./finish.ts";

/** What is in use of the heap. */
function inUse(): unknown {
  const { allocator, table } = member();
  return {
    cells: allocator.cells.count(),
    blocks: allocator.blocks.count(),
    owners: [...table.owners()].length,
    children: childrenOf(process.pid).length,
    active: activeChildren().length,
  };
}

/** Starting it throws, and everything is as it was. */
function assertLeavesNothing(child: Process): SerializationError {
  // What is allocated at first use is not what this is about.
  assertThrows(() => child.start());
  const before = inUse();
  const error = assertThrows(() => child.start(), SerializationError);
  assertEquals(inUse(), before);
  assertEquals([child.pid, child.isAlive], [undefined, false]);
  return error;
}

for (
  const [what, args, path] of [
    ["a function", [1, { onClick() {} }], "args[1].onClick"],
    ["a symbol", [Symbol("s")], "args[0]"],
    ["a promise", [[Promise.resolve()]], "args[0][0]"],
    ["a weak map", [new Map([["key", new WeakMap()]])], 'args[0].get("key")'],
  ] as [string, unknown[], string][]
) {
  test(`${what} as an argument throws in start() with its path, and leaves nothing`, () => {
    const error = assertLeavesNothing(new Process(targets.count, { args }));
    assertEquals(error.path, path);
    assertStringIncludes(error.message, `Cannot send ${path}`);
  });
}

test("a large argument before one that cannot be sent leaves nothing", () => {
  const args = [new Uint8Array(8 * 2 ** 20), () => {}];
  assertEquals(assertLeavesNothing(new Process(targets.count, { args })).path, "args[1]");
});

test("a field of a subclass that cannot be sent throws with its path", () => {
  const child = Object.assign(new Greeter("Ada"), { socket: { send() {} } });
  assertEquals(assertLeavesNothing(child).path, "this.socket.send");
});

test("a process whose arguments could not be sent can be started with others in them", async () => {
  const list: unknown[] = [() => {}];
  const child = new Process(targets.count, { args: list });
  assertThrows(() => child.start(), SerializationError);
  list[0] = "sendable";
  list.push(2);
  assertEquals(await child.start().result, 2);
  await assertEnds(child, 0, null);
});

test("arguments are copied by start()", async () => {
  const list = [1];
  const child = new Process(targets.echo<number[]>, { args: [list] }).start();
  list.push(2);
  assertEquals(await child.result, [1]);
  await assertEnds(child, 0, null);
});

test("a program that cannot be started leaves nothing", () => {
  const child = new Process(targets.nothing, { cwd: "/no/such/folder" });
  assertThrows(() => child.start(), ProcessError);
  const before = inUse();
  const { message } = assertThrows(() => child.start(), ProcessError);
  assertStringIncludes(message, '"/no/such/folder" (ENOENT)');
  assertEquals(inUse(), before);
});

test("what is no function, or no such option, is a TypeError when the process is made", () => {
  const make = (target: unknown, options: object) => () =>
    new Process(target as () => void, options);
  assertThrows(make("add", {}), TypeError, 'expected a function, got "add"');
  assertThrows(make(null, {}), TypeError, "expected a function, got null");
  assertThrows(make(targets.add, { args: "12" }), TypeError, 'args must be an array, got "12"');
  assertThrows(
    make(targets.add, { stdout: "pipe" }),
    TypeError,
    'stdout must be "inherit", "null" or "piped", got "pipe"',
  );
  assertThrows(make(targets.add.bind(null), {}), TypeError, "bound function");
  assertThrows(make(targets.add, null!), TypeError, "options must be an object, got null");
  assertThrows(
    make(targets.add, { daemon: "no" }),
    TypeError,
    'daemon must be a boolean, got "no"',
  );
  assertThrows(make(targets.add, { cwd: 5 }), TypeError, "cwd must be a path, got 5");
  assertThrows(make(targets.add, { env: "A=1" }), TypeError, 'env must be an object, got "A=1"');
  assertThrows(make(targets.add, { signal: "SIGTERM" }), TypeError, "must be an AbortSignal");
});

test("an aborted signal keeps a process from starting", () => {
  const reason = new RangeError("too late");
  const child = new Process(targets.nothing, { signal: AbortSignal.abort(reason) });
  assert(assertThrows(() => child.start()) === reason);
  assertEquals(child.pid, undefined);
});
