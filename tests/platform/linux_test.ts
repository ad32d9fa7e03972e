import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { OutOfMemoryError, ProcessError } from "../../src/errors.ts";
import { linuxPlatform } from "../../src/platform/linux.ts";
import { test } from "../support/harness.ts";
import { type Call, type FakeMachine, fakeRuntime } from "./fake_runtime.ts";

const MEBIBYTE = 2 ** 20;

function fake(machine?: FakeMachine) {
  const { runtime, calls, libraries } = fakeRuntime(machine);
  const platform = linuxPlatform(runtime);
  const callsOf = (symbol: string): Call[] => calls.filter((call) => call.symbol === symbol);
  return { platform, callsOf, libraries };
}

const futexNumbers = { x64: 202, arm64: 98 };
for (const [arch, number] of Object.entries(futexNumbers)) {
  test(`a futex is system call ${number} on ${arch}`, () => {
    const { platform, callsOf } = fake({ arch });
    platform.wait(4096, -1, Infinity);
    platform.wake(4096, 3);
    assertEquals(callsOf("syscall").map(({ args }) => args), [
      [number, 4096, 0, -1, null],
      [number, 4096, 1, 3],
    ]);
  });
}

test("a timeout becomes seconds and nanoseconds", () => {
  const timeouts: Record<number, [bigint, bigint]> = {
    0.25: [0n, 250_000n],
    1: [0n, 1_000_000n],
    999.999: [0n, 999_999_000n],
    1000: [1n, 0n],
    86_400_001.5: [86_400n, 1_500_000n],
  };
  for (const [milliseconds, [seconds, nanoseconds]] of Object.entries(timeouts)) {
    let seen: bigint[] = [];
    const syscall = (...args: unknown[]) => {
      seen = [...new BigInt64Array((args[4] as Uint8Array).slice().buffer)];
      return 0;
    };
    const { platform } = fake({ functions: { syscall } });
    platform.wait(4096, 0, Number(milliseconds));
    assertEquals(seen, [seconds, nanoseconds], milliseconds);
  }
});

test("the C library is looked for by glibc's name, then by musl's", () => {
  const { libraries } = fake();
  for (const names of libraries) {
    assertEquals(names.slice(0, 3), [
      "libc.so.6",
      "libc.musl-x86_64.so.1",
      "libc.musl-aarch64.so.1",
    ]);
  }
});

test("memory that the machine does not have is not asked for", () => {
  const { platform, callsOf } = fake({
    files: {
      "/proc/meminfo": "MemTotal: 9999999 kB\nMemAvailable:  20480 kB\nSwapFree: 1024 kB\n",
    },
  });
  platform.reserve(3, 0, 5 * MEBIBYTE);
  const { message } = assertThrows(
    () => platform.reserve(3, 0, 5 * MEBIBYTE + 1),
    OutOfMemoryError,
  );
  assertEquals(
    message,
    `Cannot reserve shared memory: asked for ${5 * MEBIBYTE + 1} bytes, ` +
      `available are ${21 * MEBIBYTE}, of which ${16 * MEBIBYTE} are left alone`,
  );
  assertEquals(callsOf("fallocate").map(({ args }) => args), [[3, 0, 0, 5 * MEBIBYTE]]);
});

test("small reservations leave 16 MiB, and ask for what there is once in each MiB", () => {
  const kibibytes = { left: 17 * 1024 };
  const { platform, callsOf } = fake({
    files: {
      get "/proc/meminfo"() {
        return `MemAvailable: ${kibibytes.left} kB\n`;
      },
    },
  });
  for (let i = 0; i < 16; i++) platform.reserve(3, 0, MEBIBYTE / 16);
  kibibytes.left = 15 * 1024;
  for (let i = 0; i < 15; i++) platform.reserve(3, 0, MEBIBYTE / 16);
  for (let i = 0; i < 3; i++) {
    assertThrows(() => platform.reserve(3, 0, MEBIBYTE / 16), OutOfMemoryError, "available are");
  }
  kibibytes.left = 17 * 1024;
  platform.reserve(3, 0, MEBIBYTE / 16);
  assertEquals(callsOf("fallocate").length, 32);
});

test("a reservation that a signal interrupts is asked for again", () => {
  const errors = [4, 4];
  const errnoWord = new Int32Array(1);
  const { runtime, calls } = fakeRuntime({
    functions: { fallocate: () => (errnoWord[0] = errors.pop() ?? 0) === 0 ? 0 : -1 },
  });
  linuxPlatform({ ...runtime, view: () => errnoWord.buffer }).reserve(3, 0, 4096);
  assertEquals(calls.filter(({ symbol }) => symbol === "fallocate").length, 3);
});

const refusals: Record<string, [errno: number, ErrorClass: typeof ProcessError, name: string]> = {
  "a full machine": [12, OutOfMemoryError, "ENOMEM"],
  "a full file system": [28, OutOfMemoryError, "ENOSPC"],
  "a bad descriptor": [9, ProcessError, "EBADF"],
  "a reason without a name": [99, ProcessError, "errno 99"],
};
for (const [reason, [errno, ErrorClass, name]] of Object.entries(refusals)) {
  test(`${reason} is told as ${name}`, () => {
    const { runtime } = fakeRuntime({
      functions: { fallocate: () => -1, mmap: () => -1, memfd_create: () => -1 },
    });
    const platform = linuxPlatform({ ...runtime, view: () => new Int32Array([errno]).buffer });
    const acts = [
      () => platform.reserve(3, 0, 4096),
      () => platform.map(3, 0, 4096),
      () => platform.createSegment(4096),
    ];
    for (const act of acts) {
      const error = assertThrows(act, ErrorClass);
      assertEquals(error.constructor, ErrorClass);
      assertMatch(error.message, new RegExp(`: asked for 4096 bytes \\(${name}\\)$`));
    }
  });
}

test("a segment that cannot be sized is closed again", () => {
  const { platform, callsOf } = fake({
    functions: { memfd_create: () => 33, ftruncate: () => -1 },
  });
  assertThrows(() => platform.createSegment(4096), ProcessError);
  assertEquals(callsOf("close").map(({ args }) => args), [[33]]);
});

test("a range may begin in the middle of a page that is larger than 4 KiB", () => {
  const { platform, callsOf } = fake({
    functions: { getpagesize: () => 65_536, mmap: () => 2 ** 40 },
  });
  assertEquals(platform.pageSize, 65_536);
  const mapping = platform.map(3, 2 ** 33 + 5 * 4096, 8192);
  assertEquals([mapping.address, mapping.buffer.byteLength], [2 ** 40 + 5 * 4096, 8192]);
  mapping.unmap();
  const [[, length, , , , offset]] = callsOf("mmap").map(({ args }) => args);
  assertEquals([length, offset], [7 * 4096, 2 ** 33]);
  assertEquals(callsOf("munmap").map(({ args }) => args), [[2 ** 40, 7 * 4096]]);
});

test("the state and the start of a process are the 3rd and the 22nd field of its stat", () => {
  const rest = Array.from({ length: 40 }, (_, i) => `${i + 4}`).join(" ");
  const stats = {
    "1": `1 (init) S ${rest}`,
    "2": `2 (a) Z 1 (b) R ${rest}`,
    "3": `3 (gone) Z ${rest}`,
    "4": `4 (dead) X ${rest}`,
    "5": "",
  };
  const files = Object.fromEntries(
    Object.entries(stats).map(([pid, stat]) => [`/proc/${pid}/stat`, stat]),
  );
  const { platform } = fake({ files, functions: { kill: () => -1 } });
  assertEquals([1, 2, 3, 4, 5, 6].map((pid) => platform.identify(pid)), [
    { startTime: 22, ended: false },
    { startTime: 22, ended: false },
    { startTime: 22, ended: true },
    { startTime: 22, ended: true },
    undefined,
    undefined,
  ]);
});

test("a process is ending if the 9th field of its stat says so", () => {
  const stat = (flags: number) => `1 (a) Z) S 1 1 1 0 -1 ${flags} 0 0`;
  const files = {
    "/proc/1/stat": stat(0x400100),
    "/proc/2/stat": stat(0x400104),
    "/proc/3/stat": "",
  };
  const { platform } = fake({ files });
  assertEquals([1, 2, 3, 4].map((pid) => platform.isEnding(pid)), [false, true, false, false]);
});

test("a process whose stat cannot be read, as without a free descriptor, is there all the same", () => {
  const { platform } = fake({ functions: { kill: (pid) => pid === 1 ? 0 : -1 } });
  assertEquals(platform.identify(1), { startTime: NaN, ended: false });
  assertEquals(platform.identify(2), undefined);
});

test("a command line longer than any buffer is read whole", () => {
  const words = ["/bin/deno", "run", "x".repeat(10_000), "", "ä".repeat(3_000), "end"];
  const { platform, callsOf } = fake({
    files: { "/proc/self/cmdline": words.map((word) => `${word}\0`).join("") },
  });
  assertEquals(platform.commandLine(), words);
  assertEquals(platform.commandLine(), words);
  assertEquals(callsOf("close").length, 2);
});
