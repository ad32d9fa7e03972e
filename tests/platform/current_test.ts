import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { UnsupportedError } from "../../src/errors.ts";
import { currentPlatform, platformOf } from "../../src/platform/current.ts";
import { test } from "../support/harness.ts";
import { fakeRuntime } from "./fake_runtime.ts";

test("currentPlatform() is always the same", () => {
  assertStrictEquals(currentPlatform(), currentPlatform());
});

for (const arch of ["x64", "arm64"]) {
  test(`there is a platform for Linux on ${arch}`, () => {
    assertEquals(platformOf(fakeRuntime({ arch }).runtime).pageSize, 4096);
  });
}

const others = [["darwin", "arm64"], ["win32", "x64"], ["linux", "riscv64"], ["freebsd", "x64"]];
for (const [os, arch] of others) {
  test(`${os} on ${arch} is told in one sentence to be unsupported`, () => {
    const { runtime, calls } = fakeRuntime({ os, arch });
    const { message } = assertThrows(() => platformOf(runtime), UnsupportedError);
    assertEquals(
      message,
      `Cannot share memory on ${os} ${arch}: this version runs on Linux, x64 and arm64`,
    );
    assertEquals(calls, []);
  });
}
