import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { encode, encodeInto } from "../../src/codec/encode.ts";
import { SerializationError } from "../../src/errors.ts";
import { test } from "../support/harness.ts";
import { difference } from "./difference.ts";
import { trip } from "./trip.ts";

function refusal(value: unknown, root?: string): SerializationError {
  return assertThrows(() => encode(value, { root }), SerializationError);
}

test("a function is refused with its path and what to do", () => {
  const error = refusal([{ onClick() {} }], "args");
  assertEquals(error.path, "args[0].onClick");
  assertEquals(
    error.message,
    "Cannot send args[0].onClick: a function cannot cross processes " +
      "(pass it as the target, or register it with task())",
  );
});

test("every kind that cannot cross is named", () => {
  const kinds: [unknown, string][] = [
    [() => {}, "a function"],
    [class {}, "a function"],
    [Symbol("s"), "a symbol"],
    [Object(Symbol("s")), "a Symbol object"],
    [new WeakMap(), "a WeakMap"],
    [new WeakSet(), "a WeakSet"],
    [new WeakRef({}), "a WeakRef"],
    [new FinalizationRegistry(() => {}), "a FinalizationRegistry"],
    [Promise.resolve(), "a Promise"],
    [[1].values(), "an iterator"],
    [(function* () {})(), "an iterator"],
    [(async function* () {})(), "an async iterator"],
    [new SharedArrayBuffer(8), "a SharedArrayBuffer"],
    [new Uint8Array(new SharedArrayBuffer(8)), "a SharedArrayBuffer"],
    [new URL("http://localhost"), "a URL"],
    [new Blob([]), "a Blob"],
    [new AbortController(), "an AbortController"],
    [new Headers(), "a Headers"],
    [new Intl.NumberFormat("en"), "an Intl.NumberFormat"],
    [new WebAssembly.Memory({ initial: 1 }), "a WebAssembly.Memory"],
  ];
  for (const [value, name] of kinds) {
    assertEquals(refusal(value).message.split(" cannot cross")[0], `Cannot send value: ${name}`);
  }
});

test("a path is what one would write to get there", () => {
  const wrong = Symbol("wrong");
  const key = {};
  const paths: [unknown, string][] = [
    [wrong, "value"],
    [{ items: [0, 1, 2, new Map([["key", wrong]])] }, 'value.items[3].get("key")'],
    [{ "a key": { "": wrong } }, 'value["a key"][""]'],
    [{ für: { $_: wrong } }, "value.für.$_"],
    [[new Map([[7n, [wrong]]])], "value[0].get(7n)[0]"],
    [new Map([[null, wrong]]), "value.get(null)"],
    [new Map<unknown, unknown>([[1, 1], [key, wrong]]), "value.values()[1]"],
    [new Map([[{ wrong }, 1]]), "value.keys()[0].wrong"],
    [new Set([1, { wrong }]), "value.values()[1].wrong"],
    [new Error("", { cause: { wrong } }), "value.cause.wrong"],
    [new AggregateError([wrong]), "value.errors[0]"],
    [Object.assign(new Error(), { extra: wrong }), "value.extra"],
    [Object.assign(["a"], { extra: wrong }), "value.extra"],
    [[1, 2, wrong], "value[2]"],
    [[, , wrong], "value[2]"],
  ];
  for (const [value, path] of paths) assertEquals(refusal(value).path, path);
});

test("after a refusal the next value crosses", () => {
  for (let i = 0; i < 40; i++) {
    refusal([{ a: {}, b: [i, () => {}] }]);
    const value = [{ a: 1 }, { a: i }];
    assertEquals(difference(value, trip(value)), undefined);
  }
});

test("what a getter throws is thrown as it is", () => {
  const thrown = new RangeError("mine");
  const value = {
    get a() {
      throw thrown;
    },
  };
  assertStrictEquals(assertThrows(() => encode([value])), thrown);
});

test("a nest of 1,000 levels crosses, one of 100,000 is refused", () => {
  const nest = (depth: number, wrap: (inner: unknown) => unknown) => {
    let value: unknown = 1;
    for (let i = 0; i < depth; i++) value = wrap(value);
    return value;
  };
  const wraps: ((inner: unknown) => unknown)[] = [
    (a) => ({ a }),
    (a) => [a],
    (a) => new Map([[a, a]]),
    (a) => new Set([a]),
    (a) => new Error("", { cause: a }),
  ];
  for (const wrap of wraps) {
    trip(nest(1000, wrap));
    const error = refusal(nest(100_000, wrap));
    assertEquals(error.message.includes("nested more than 1000 levels deep"), true, error.message);
    assertEquals(error.message.length < 400, true);
  }
});

test("a detached buffer and its views are refused", () => {
  const buffer = new ArrayBuffer(8);
  const views = [new Uint8Array(buffer), new DataView(buffer), new Float64Array(buffer, 8)];
  structuredClone(buffer, { transfer: [buffer] });
  for (const value of [buffer, ...views]) {
    assertEquals(refusal([value]).path, "value[0]");
  }
});

test("encodeInto() refuses what encode() refuses", () => {
  assertThrows(
    () => encodeInto(new Uint8Array(100), { f() {} }, { root: "item" }),
    SerializationError,
    "Cannot send item.f: a function",
  );
});
