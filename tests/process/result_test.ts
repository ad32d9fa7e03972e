import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Process, ProcessError, RemoteError, SerializationError } from "../../mod.ts";
import * as targets from "../fixtures/process/targets.ts";
import { test } from "../support/harness.ts";
import "../support/shared_memory.ts";
import { assertEnds, outputOf } from "./finish.ts";

const MIB = 2 ** 20;

for (const length of [0, 1, 4_000, 100_000, MIB - 1, MIB + 1, 30 * MIB]) {
  test(`a result of ${length} bytes arrives whole`, async () => {
    const child = new Process(targets.bytes, { args: [length] }).start();
    const result = await child.result;
    await child.join();
    assertEquals(result.length, length);
    assert(result.every((byte, i) => byte === ((i * 7) & 255)), "byte for byte");
  });
}

test("arguments of tens of MiB arrive whole, and their memory is given back", async () => {
  const sent = Uint8Array.from({ length: 20 * MIB }, (_, i) => i * 7);
  const child = new Process(targets.checkBytes, { args: [sent] }).start();
  assertEquals(await child.result, true);
  await child.join();
});

test("values keep their types and their references", async () => {
  const shared = { deep: new Date(0) };
  const value = {
    nothing: undefined,
    zero: -0,
    big: 2n ** 70n,
    map: new Map<unknown, unknown>([[1, shared], ["two", shared]]),
    set: new Set([NaN]),
    text: "ä€😀",
    pattern: /a+/gi,
    floats: new Float64Array([0.5, Infinity]),
  };
  const child = new Process(targets.echo, { args: [value] }).start();
  const result = await child.result as typeof value;
  assertEquals(result, value);
  assert(result.map.get(1) === result.map.get("two"), "one object stays one");
  await child.join();
});

test("a target's promise is waited for, also one of another make", async () => {
  const children = [
    new Process(targets.later, { args: ["awaited"] }).start(),
    new Process(targets.thenable, { args: ["adopted"] }).start(),
  ];
  assertEquals(await Promise.all(children.map((child) => child.result)), ["awaited", "adopted"]);
  await Promise.all(children.map((child) => child.join()));
});

test("no arguments are none, and an undefined one is one", async () => {
  const none = new Process(targets.count).start();
  const one = new Process(targets.count, { args: [undefined] }).start();
  assertEquals(await Promise.all([none.result, one.result]), [0, 1]);
  await Promise.all([none.join(), one.join()]);
});

test("a result can be asked for before the start, many times, or never", async () => {
  const child = new Process(targets.add, { args: [1, 2] });
  const early = child.result;
  child.start();
  await child.join();
  assertEquals([await early, await child.result], [3, 3]);
  const failed = new Process(targets.refuse, { stderr: "null" }).start();
  await failed.join();
});

test("a result that cannot be sent rejects with its path, and is an error in the child", async () => {
  const child = new Process(targets.returnFunction, { stderr: "piped" }).start();
  const { stderr } = await outputOf(child);
  const error = await assertRejects(() => child.result, SerializationError);
  assertEquals(error.path, "result.list[1].callback");
  assertStringIncludes(error.message, "Cannot send result.list[1].callback");
  assertStringIncludes(stderr, error.message);
  await assertEnds(child, 1, null);
});

test("an error arrives with its name, message, own fields, cause, stack and process", async () => {
  const child = new Process(targets.refuse, { name: "refuser", stderr: "null" }).start();
  const error = await assertRejects(() => child.result, RemoteError) as RemoteError & {
    code?: unknown;
    where?: unknown;
  };
  assert(error instanceof ProcessError);
  assertEquals([error.name, error.message, error.pid], ["Refused", "not that far", child.pid]);
  assertEquals([error.code, error.where], [42, { file: "a.txt", lines: [1, 2] }]);
  const remote = error.cause as RangeError;
  assert(remote instanceof RangeError, "what was received is of the nearest built-in class");
  assert(remote.cause instanceof TypeError);
  assertEquals(remote.cause.message, "the first reason");
  assertStringIncludes(error.remoteStack, "targets.ts");
  assertStringIncludes(String(error.stack), error.remoteStack);
  assertStringIncludes(String(error.stack), `refuser (process ${child.pid})`);
  await assertEnds(child, 1, null);
});

test("a rejection of an asynchronous target is an error like another", async () => {
  const child = new Process(targets.refuseLater, { stderr: "null" }).start();
  const error = await assertRejects(() => child.result, RemoteError, "not later, either");
  assertEquals(error.name, "SyntaxError");
  await assertEnds(child, 1, null);
});

for (const value of ["a string", 0, null, undefined, { code: 5 }]) {
  test(`what is thrown need not be an error: ${JSON.stringify(value)}`, async () => {
    const child = new Process(targets.throwValue, { args: [value], stderr: "null" }).start();
    const error = await assertRejects(() => child.result, RemoteError);
    const message = value instanceof Object ? 'threw {"code":5}, which is no Error' : String(value);
    assertEquals([error.cause, error.message], [value, message]);
    await assertEnds(child, 1, null);
  });
}

test("an error loses what of it cannot be sent, and nothing else", async () => {
  const child = new Process(targets.throwUnsendable, { stderr: "null" }).start();
  const error = await assertRejects(() => child.result, RemoteError) as RemoteError & {
    code?: unknown;
  };
  assertEquals([error.name, error.message, error.code], ["RangeError", "outside", 7]);
  assert(!("callback" in error));
  const cause = (error.cause as Error).cause as TypeError & { port?: unknown };
  assert(cause instanceof TypeError);
  assertEquals([cause.message, cause.port], ["inside", 80]);
  assertStringIncludes(error.remoteStack, "targets.ts");
  await assertEnds(child, 1, null);
});

test("a thrown value that cannot be sent is described", async () => {
  const child = new Process(targets.throwFunction, { stderr: "null" }).start();
  await assertRejects(() => child.result, RemoteError, "a function");
  await assertEnds(child, 1, null);
});

test("an error that is its own cause arrives as that", async () => {
  const child = new Process(targets.throwRing, { stderr: "null" }).start();
  const error = await assertRejects(() => child.result, RemoteError, "round and round");
  assert((error.cause as Error).cause === error.cause);
  await assertEnds(child, 1, null);
});

for (const field of ["message", "name", "stack", "cause", "code"]) {
  test(`an error arrives whose ${field} throws when it is read, without that`, async () => {
    const child = new Process(targets.throwThorny, { args: [field], stderr: "null" }).start();
    const error = await assertRejects(() => child.result, RemoteError);
    assert(error.cause instanceof RangeError);
    if (field !== "message") assertEquals(error.message, "thorny");
    await assertEnds(child, 1, null);
  });
}

test("what is thrown and cannot even be looked at is told as that", async () => {
  const child = new Process(targets.throwRevoked, { stderr: "null" }).start();
  await assertRejects(() => child.result, RemoteError, "something that cannot be described");
  await assertEnds(child, 1, null);
});

test("an error arrives that could not be printed", async () => {
  const child = new Process(targets.throwUnheard, { stderr: "piped" }).start();
  await assertRejects(() => child.result, RemoteError, "unheard");
  await assertEnds(child, 1, null);
  assertEquals((await outputOf(child)).stderr, "");
});

test("an uncaught error prints the full stack on standard error, with its cause", async () => {
  const child = new Process(targets.refuse, { name: "loud", stderr: "piped" }).start();
  const { stderr } = await outputOf(child);
  assertStringIncludes(stderr, "Process loud:");
  assertStringIncludes(stderr, "not that far");
  assertStringIncludes(stderr, "the first reason");
  assertStringIncludes(stderr, "targets.ts");
  await assertEnds(child, 1, null);
});

test("a child that listens for rejections that nobody looks at goes on", async () => {
  const child = new Process(targets.rejectAndListen).start();
  assertEquals(await child.result, "Error: nobody looks at this");
  await assertEnds(child, 0, null);
});

test("a rejection that nobody looks at ends the child as it would end a program", async () => {
  const { rejectInTheBack, rejectAndReturn, rejectAndReturnLater } = targets;
  for (const target of [rejectInTheBack, rejectAndReturn, rejectAndReturnLater]) {
    const child = new Process<[], unknown>(target, { stderr: "piped" }).start();
    const { stderr } = await outputOf(child);
    assertStringIncludes(stderr, "nobody looks at this");
    await assertRejects(() => child.result, ProcessError, "exited with code 1");
    await assertEnds(child, 1, null);
  }
});
