import { assert, assertEquals, assertMatch } from "@std/assert";
import process from "node:process";
import { OLDEST } from "../../src/runtime/oldest.ts";
import { runtimeName, test } from "../support/harness.ts";
import { fixture, run, runScript } from "./program.ts";

let outcomes: Promise<Record<string, unknown>> | undefined;

/** What the attempts of the program came to, which runs once. */
function outcomesOfNewcomer(): Promise<Record<string, unknown>> {
  return outcomes ??= runScript(fixture("newcomer.ts")).then(({ code, stdout, stderr }) => {
    assertEquals([code, stderr], [0, ""]);
    return JSON.parse(stdout);
  });
}

const noFunction = "a function cannot cross processes \\(pass it as the target, " +
  "or register it with task\\(\\)\\)$";
const noClosure = '^ReferenceError: "factor" is not defined in function ".*factor\\[0\\]", ' +
  "which runs from its source text; name and export it, " +
  'or register it with task\\(import.meta, fn\\), or pass "factor" as an argument$';
const noMethod =
  "^TypeError: account\\.withdraw is not a function.*: of an object whose class is not " +
  "a built-in one the fields cross, and the methods do not; " +
  'make "account" an instance again where it is received$';

const sentences: [string, string][] = [
  ["a closure to a process", noClosure],
  ["a closure to a pool", noClosure],
  ["an instance to a process", noMethod],
  ["an instance to a pool", noMethod],
  ["a method as the target", '^TypeError: .*"this" does not travel with function "withdraw"'],
  [
    "a bound method as the target",
    '^TypeError: Cannot send function "bound withdraw": a bound function does not say what it is ' +
    "bound to; send the function itself, and what it is bound to as an argument$",
  ],
  ["a function to a process", `^SerializationError: Cannot send args\\[0\\]: ${noFunction}`],
  ["a function to a pool", `^SerializationError: Cannot send args\\[0\\]\\.onClick: ${noFunction}`],
  ["a function among the items", `^SerializationError: Cannot send items\\[1\\]: ${noFunction}`],
  ["a function to a queue", `^SerializationError: Cannot send value\\[0\\]: ${noFunction}`],
  ["a function as the result", `^SerializationError: Cannot send result\\.greeter: ${noFunction}`],
  [
    "a promise as an argument",
    "^SerializationError: Cannot send args\\[0\\]: a Promise cannot cross processes \\(await it first\\)$",
  ],
  [
    "a call instead of a function",
    '^TypeError: Cannot send function: expected a function, got "hello you"$',
  ],
  [
    "more memory than there is",
    "^OutOfMemoryError: Cannot reserve shared memory: asked for 8796093\\d{6} bytes, " +
    "available are \\d+, of which \\d+ are left alone$",
  ],
  [
    "an array too large for a view",
    `^UnsupportedError: Cannot share memory: asked for 8796093022208 bytes, ${runtimeName} views at most \\d+$`,
  ],
  [
    "something thrown that is no error",
    '^RemoteError: threw {"balance":5}, which is no Error$',
  ],
];

for (const [attempt, sentence] of sentences) {
  test(`${attempt} is one sentence that says what to do`, async () => {
    const outcome = (await outcomesOfNewcomer())[attempt];
    assert(typeof outcome === "string", `it went well: ${JSON.stringify(outcome)}`);
    assertMatch(outcome, new RegExp(sentence));
  });
}

test("an old runtime is one sentence that says which would do", {
  ignore: { bun: "it lets nobody change its version; the sentence is asked for in tests/runtime" },
}, async () => {
  const old = runtimeName === "deno" ? "2.7.14" : "20.20.2";
  const flags = runtimeName === "deno" ? ["run", "-A", "--no-lock"] : [];
  const program = fixture("old_runtime.ts");
  const { stdout } = await run(process.execPath, [...flags, program, old]);
  const name = runtimeName === "deno" ? "Deno" : "Node";
  const needed = OLDEST[runtimeName];
  assertEquals(
    stdout,
    `UnsupportedError: Cannot run on ${name} ${old}: this package needs ${name} ${needed} or later\n`,
  );
});

test("Node without node:ffi and without koffi is told what to install", {
  ignore: { deno: "it has an FFI", bun: "it has an FFI" },
}, async () => {
  const flags = ["--no-experimental-ffi", "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"];
  // Not where somebody may have installed koffi.
  const { code, stderr } = await run(process.execPath, [...flags, fixture("smoke.ts")], {
    cwd: "/",
    env: { NODE_PATH: "" },
  });
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^UnsupportedError: Cannot share memory: Node [\d.]+ has no node:ffi; run npm install koffi, or use Node 26\.10 or later$/m,
  );
});
