import { assertEquals, assertGreater, assertThrows } from "@std/assert";
import { readdirSync } from "node:fs";
import { UnsupportedError } from "../../src/errors.ts";
import { runtime } from "../fixtures/conformance/ground.ts";
import { test } from "../support/harness.ts";

const LIBRARIES = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];

const c = runtime.bind(LIBRARIES, {
  abs: { parameters: ["i32"], result: "i32" },
  labs: { parameters: ["i64"], result: "i64" },
  getppid: { parameters: [], result: "i32" },
  time: { parameters: ["bytes"], result: "i64" },
  memchr: { parameters: ["bytes", "i32", "i64"], result: "address" },
  memcmp: { parameters: ["bytes", "bytes", "i64"], result: "i32" },
  memset: { parameters: ["bytes", "i32", "i64"], result: "address" },
  mmap: { parameters: ["address", "i64", "i32", "i32", "i32", "i64"], result: "address" },
  srand: { parameters: ["i32"], result: "void" },
});

test("32-bit numbers cross as they are", () => {
  for (const number of [1, 2 ** 31 - 1]) {
    assertEquals([c.abs(number), c.abs(-number)], [number, number]);
  }
});

test("64-bit numbers cross as they are, as long as they are safe integers", () => {
  for (const number of [1, 2 ** 31, 2 ** 32 + 1, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
    assertEquals([c.labs(number), c.labs(-number)], [number, number]);
  }
});

test("a function without a result returns nothing", () => {
  assertEquals(c.srand(1) as unknown, undefined);
});

test("a pointer that says failure is -1, and a null pointer 0", () => {
  assertEquals(c.mmap(0, 4096, 3, 1, -1, 0), -1);
  assertEquals(c.memchr(new Uint8Array(8), 1, 8), 0);
  assertGreater(c.time(null), 1.6e9);
});

test("C reads and writes bytes in place, from their own first byte on", () => {
  const bytes = new Uint8Array(100);
  const part = bytes.subarray(40, 60);
  c.memset(part, 7, 20);
  assertEquals(bytes.indexOf(7), 40);
  assertEquals(bytes.lastIndexOf(7), 59);
  bytes[50] = 9;
  assertEquals(c.memchr(part, 9, 20) - runtime.addressOf(part), 10);
  assertEquals(c.memcmp(bytes.subarray(40, 50), bytes.subarray(51, 60), 9), 0);
});

test("bytes may be empty", () => {
  assertEquals(c.memcmp(new Uint8Array(0), new Uint8Array(0), 0), 0);
});

test("a million calls return a million times the same", () => {
  const parent = c.getppid();
  const bytes = new Uint8Array(16);
  let right = 0;
  for (let i = 0; i < 1_000_000; i++) {
    if (c.getppid() === parent && c.labs(-i) === i && c.memcmp(bytes, bytes, 16) === 0) right++;
  }
  assertEquals(right, 1_000_000);
});

test("a thousand bindings of the same library leave no descriptor, and work", () => {
  const before = readdirSync("/proc/self/fd").length;
  const parent = c.getppid();
  for (let i = 0; i < 1_000; i++) {
    const bound = runtime.bind(LIBRARIES, { getppid: { parameters: [], result: "i32" } });
    assertEquals(bound.getppid(), parent);
  }
  assertEquals(readdirSync("/proc/self/fd").length, before);
});

test("the first library that opens is taken", () => {
  const { abs } = runtime.bind(["libnot-here.so", ...LIBRARIES], {
    abs: { parameters: ["i32"], result: "i32" },
  });
  assertEquals(abs(-3), 3);
});

test("a library or a function that is not there is an UnsupportedError with its name", () => {
  assertThrows(
    () => runtime.bind(["libnot-here.so", "libnor-here.so"], {}),
    UnsupportedError,
    "tried libnot-here.so, libnor-here.so",
  );
  const { cause } = assertThrows(
    () => runtime.bind(LIBRARIES.slice(0, 1), { not_here: { parameters: [], result: "i32" } }),
    UnsupportedError,
  );
  assertGreater(String(cause).indexOf("not_here"), -1);
});
