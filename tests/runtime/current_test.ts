import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { UnsupportedError } from "../../src/errors.ts";
import { loadKoffi } from "../../src/runtime/koffi.ts";
import { assertNotTooOld, currentRuntime, runtimeOf } from "../../src/runtime/current.ts";
import { runtimeName, test } from "../support/harness.ts";

const signatures = { getppid: { parameters: [], result: "i32" } } as const;
const musl = ["libc.so.6", "libc.musl-x86_64.so.1"];

/** A library that opens by its musl name only, and what was tried. */
function muslLibrary() {
  const tried: string[] = [];
  const dlopen = (name: string) => {
    tried.push(name);
    if (name === "libc.so.6") throw new Error(`${name}: cannot open shared object file`);
    return { symbols: { getppid: () => 7 }, close: () => tried.push("closed") };
  };
  return { tried, dlopen };
}

function denoGlobals(dlopen: unknown, arch = "x86_64") {
  const Deno = { version: { deno: "2.9.6" }, build: { os: "linux", arch }, pid: 1, dlopen };
  return { Deno, process: { versions: { node: "24.0.0" } } };
}

function bunGlobals(dlopen: unknown) {
  const process = {
    versions: { node: "24.0.0" },
    platform: "linux",
    arch: "x64",
    getBuiltinModule: () => ({ dlopen }),
  };
  return { Bun: { version: "1.4.5", main: "/main.ts", argv: [] }, process };
}

test("currentRuntime() is the runtime of this process, always the same", () => {
  assertEquals(currentRuntime().name, runtimeName);
  assertStrictEquals(currentRuntime(), currentRuntime());
});

test("Deno and Bun are told from the Node that they imitate", () => {
  assertEquals(runtimeOf(denoGlobals(undefined)).name, "deno");
  assertEquals(runtimeOf(bunGlobals(undefined)).name, "bun");
});

test("a browser is told in one sentence to be unsupported", () => {
  for (const globals of [{}, { process: {} }, { process: { versions: {} } }, { Deno: {} }]) {
    const { message } = assertThrows(() => runtimeOf(globals), UnsupportedError);
    assertEquals(message, "Cannot tell the runtime: this module runs on Deno, Bun and Node");
  }
});

const ages: [string, object, string | undefined][] = [
  ["Node 20.20.2", { process: { versions: { node: "20.20.2" } } }, "Node 22.0"],
  ["Node 22.0.0", { process: { versions: { node: "22.0.0" } } }, undefined],
  ["Deno 2.7.14", { Deno: { version: { deno: "2.7.14" } } }, "Deno 2.8"],
  ["Deno 3.0.0", { Deno: { version: { deno: "3.0.0" } } }, undefined],
  ["Bun 1.3.9", { Bun: { version: "1.3.9" } }, "Bun 1.4"],
  ["Bun 1.10.0", { Bun: { version: "1.10.0" } }, undefined],
  ["a browser", {}, undefined],
];
for (const [name, globals, needs] of ages) {
  test(`${name} is ${needs === undefined ? "not too old" : "told in one sentence to be too old"}`, () => {
    if (needs === undefined) return assertNotTooOld(globals);
    const { message } = assertThrows(() => assertNotTooOld(globals), UnsupportedError);
    assertEquals(message, `Cannot run on ${name}: this package needs ${needs} or later`);
  });
}

test("Deno's processors have the names that the others give them", () => {
  const names = ["x86_64", "aarch64", "riscv64gc"].map((arch) =>
    runtimeOf(denoGlobals(undefined, arch)).arch
  );
  assertEquals(names, ["x64", "arm64", "riscv64gc"]);
});

test("Deno takes musl's C library where there is no glibc, and leaves it closed", () => {
  const { tried, dlopen } = muslLibrary();
  const { getppid } = runtimeOf(denoGlobals(dlopen)).bind(musl, signatures);
  assertEquals([getppid(), tried], [7, [...musl, "closed"]]);
});

test("Bun takes musl's C library where there is no glibc", () => {
  const { tried, dlopen } = muslLibrary();
  const { getppid } = runtimeOf(bunGlobals(dlopen)).bind(musl, signatures);
  assertEquals([getppid(), tried], [7, musl]);
});

test("a machine without any of the C libraries is told what was tried, and why it failed", () => {
  const reason = new Error("cannot open shared object file");
  const dlopen = () => {
    throw reason;
  };
  for (const globals of [denoGlobals(dlopen), bunGlobals(dlopen)]) {
    const error = assertThrows(() => runtimeOf(globals).bind(musl, signatures), UnsupportedError);
    assertEquals(
      error.message,
      "Cannot open the C library: tried libc.so.6, libc.musl-x86_64.so.1",
    );
    assertStrictEquals(error.cause, reason);
  }
});

test("a missing permission is not tried twice", () => {
  let tries = 0;
  const dlopen = () => {
    tries++;
    throw Object.assign(new Error("Requires ffi access"), { name: "NotCapable" });
  };
  assertThrows(
    () => runtimeOf(denoGlobals(dlopen)).bind(musl, signatures),
    UnsupportedError,
    "add --allow-ffi",
  );
  assertEquals(tries, 1);
});

test("a Node that may not load koffi is told which flag lets it", () => {
  const denied = Object.assign(new Error("loading addons is disabled"), {
    code: "ERR_DLOPEN_DISABLED",
  });
  const { message, cause } = assertThrows(() => {
    loadKoffi(() => {
      throw denied;
    }, ["/"]);
  }, UnsupportedError);
  assertEquals(
    message,
    "Cannot share memory: Node runs without the permission to load koffi; " +
      "add --allow-addons, or leave out --no-addons",
  );
  assertStrictEquals(cause, denied);
});
