import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import process from "node:process";
import { ProcessError } from "../../src/errors.ts";
import type { Child, SpawnOptions } from "../../src/runtime/port.ts";
import { Ground, platform, runtime } from "../fixtures/conformance/ground.ts";
import { test, until } from "../support/harness.ts";
import { readProc } from "../support/proc.ts";
import { ask, start, succeed } from "./children.ts";

const none = { stdin: "null", stdout: "null", stderr: "null" } as const;

function shell(script: string, options: Partial<SpawnOptions> = {}): Child {
  return runtime.spawn({ program: "/bin/sh", args: ["-c", script], ...none, ...options });
}

/** What a child writes to its standard output. */
async function outputOf(child: Child): Promise<string> {
  const text = await new Response(child.stdout).text();
  await succeed(child);
  return text;
}

test("an exit code is what the child exited with", async () => {
  for (const code of [0, 1, 3, 127, 128, 129, 137, 139, 255]) {
    assertEquals(await shell(`exit ${code}`).exited, { code, signal: null });
  }
});

test("a child that a signal killed has its name, and its number negated", async () => {
  const signals = { SIGHUP: 1, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15, SIGSYS: 31 };
  for (const [signal, number] of Object.entries(signals)) {
    assertEquals(await shell(`kill -${number} $$`).exited, { code: -number, signal });
  }
});

test("a child that a signal without a name killed is told from one that exited", {
  ignore: { node: "Node says that the child exited with 0" },
}, async () => {
  // In a process of its own: Deno never closes such a child.
  const status = await ask("nameless_signal_child.ts", {});
  assertEquals(status, { code: -40, signal: "SIG40" });
});

test("kill() ends a child", async () => {
  const child = shell("exec sleep 1000");
  assertEquals(platform.kill(child.pid, 15), true);
  assertEquals(await child.exited, { code: -15, signal: "SIGTERM" });
  assertEquals(platform.kill(child.pid, 15), false);
});

test("exited settles also for who asks after the child has ended", async () => {
  const child = shell("exit 5");
  await until(() => platform.identify(child.pid) === undefined, "the child is gone");
  assertEquals(await child.exited, { code: 5, signal: null });
  assertEquals(await child.exited, { code: 5, signal: null });
});

test("fifty children at once each have their own end", async () => {
  const children = Array.from({ length: 50 }, (_, code) => shell(`exit ${code}`));
  assertEquals(new Set(children.map(({ pid }) => pid)).size, 50);
  const ends = await Promise.all(children.map(({ exited }) => exited));
  assertEquals(ends.map(({ code }) => code), children.map((_, code) => code));
});

test("arguments arrive as they are", async () => {
  const args = [
    "",
    "two words",
    "quo'te\"s",
    "$HOME `x` \\",
    "-x",
    "--",
    "line\nbreak",
    "ä€😀",
    "*",
  ];
  const child = runtime.spawn({
    ...none,
    program: "/bin/sh",
    args: ["-c", 'for word; do printf "%s|" "$word"; done', "sh", ...args],
    stdout: "piped",
  });
  assertEquals(await outputOf(child), args.map((word) => `${word}|`).join(""));
});

test("a null stream reads as empty and swallows what is written", async () => {
  const child = shell("cat; echo heard >&2; echo said", { stdout: "piped" });
  assertEquals([child.stdin, child.stderr], [null, null]);
  assertEquals(await outputOf(child), "said\n");
});

test("piped streams carry a megabyte of bytes there and back", async () => {
  const child = runtime.spawn({
    program: "/bin/cat",
    args: [],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const sent = Uint8Array.from({ length: 2 ** 20 }, (_, i) => (i * 31) >>> 3);
  const writing = (async () => {
    const writer = child.stdin!.getWriter();
    for (let at = 0; at < sent.length; at += 2 ** 16) {
      await writer.write(sent.subarray(at, at + 2 ** 16));
    }
    await writer.close();
  })();
  const [received, complaint] = await Promise.all([
    new Response(child.stdout).arrayBuffer(),
    new Response(child.stderr).text(),
  ]);
  await writing;
  await succeed(child);
  assertEquals(complaint, "");
  assertEquals(Buffer.compare(new Uint8Array(received), sent), 0);
});

test("inherited streams are those of the parent", async () => {
  const child = start("inherit_child.ts", {}, {
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const writer = child.stdin!.getWriter();
  await writer.write(new TextEncoder().encode("asked\n"));
  await writer.close();
  const [out, error] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  await succeed(child);
  assertEquals([out, error], ["asked to stdout\n", "to stderr\n"]);
});

test("the environment is the given one and nothing else", async () => {
  const env = { GREETING: "hällo = wörld", EMPTY: "", PATH: "/bin:/usr/bin" };
  const child = runtime.spawn({
    ...none,
    program: "/usr/bin/env",
    args: [],
    env,
    stdout: "piped",
  });
  const lines = (await outputOf(child)).trimEnd().split("\n").sort();
  assertEquals(lines, Object.entries(env).map(([name, value]) => `${name}=${value}`).sort());
});

test("without an environment the child has that of its parent, as it is now", async () => {
  process.env.MP_PROBE = "set just now";
  try {
    assertEquals(runtime.env().MP_PROBE, "set just now");
    const child = shell('echo "$MP_PROBE"', { stdout: "piped" });
    assertEquals(await outputOf(child), "set just now\n");
  } finally {
    delete process.env.MP_PROBE;
  }
  assertEquals("MP_PROBE" in runtime.env(), false);
});

test("the working directory is the given one, or that of the parent", async () => {
  const there = shell("pwd -P", { stdout: "piped", cwd: "/usr" });
  assertEquals(await outputOf(there), "/usr\n");
  const here = shell("pwd -P", { stdout: "piped" });
  assertEquals(await outputOf(here), `${platform.workingDirectory()}\n`);
});

test("what does not start says so at once, with its name and the reason", async () => {
  const attempts: Partial<SpawnOptions>[] = [
    { program: "/no/such/program" },
    { program: "no-such-program" },
    { program: "/etc/passwd" },
    { program: "/bin/true", cwd: "/no/such/folder" },
    { program: "/no/such/program", stdin: "piped", stdout: "piped", stderr: "piped" },
  ];
  const messages = attempts.map((attempt) => {
    const options = { program: "", args: [], ...none, ...attempt };
    return assertThrows(() => runtime.spawn(options), ProcessError).message;
  });
  assertEquals(messages, [
    'Cannot start a process: "/no/such/program" did not start (ENOENT)',
    'Cannot start a process: "no-such-program" did not start (ENOENT)',
    'Cannot start a process: "/etc/passwd" did not start (EACCES)',
    'Cannot start a process: "/bin/true" did not start in "/no/such/folder" (ENOENT)',
    'Cannot start a process: "/no/such/program" did not start (ENOENT)',
  ]);
  // Nor does it say so again, on a later turn of the loop.
  await new Promise((resolve) => setTimeout(resolve, 1));
});

test("an argument with a null character is a TypeError", () => {
  assertThrows(() => runtime.spawn({ program: "/bin/echo", args: ["a\0b"], ...none }), TypeError);
});

test("too many arguments for the kernel are an error with its reason", () => {
  const { message } = assertThrows(
    () => runtime.spawn({ program: "/bin/true", args: ["x".repeat(3_000_000)], ...none }),
    ProcessError,
  );
  assertMatch(message, /\(E2BIG\)$/);
});

for (const kept of [true, false]) {
  for (const stdout of ["null", "piped"] as const) {
    const fact = kept ? "stays for" : "does not stay for";
    const child = kept ? "a child" : "an unref'd child";
    test(`a process ${fact} ${child} with streams that are ${stdout}`, async () => {
      using ground = Ground.create(platform.pageSize);
      const parent = start("ref_child.ts", { ground: ground.ticket, kept, stdout });
      const grandchild = await until(() => ground.words.load(0), "it has a child");
      if (!kept) await succeed(parent);
      else await until(() => /^State:\s+S/m.test(readProc(parent.pid, "status")), "it waits");
      assertEquals(platform.kill(grandchild, 9), true);
      if (kept) await succeed(parent);
      assertEquals(ground.words.load(1), kept ? -9 : 0);
    });
  }
}

test("the arguments behind the script are what the parent gave", async () => {
  const child = start("echo_child.ts", { a: ["ä", "\n", '"'] }, { stdout: "piped" });
  assertEquals(JSON.parse(await outputOf(child)), [JSON.stringify({ a: ["ä", "\n", '"'] })]);
});

for (const how of ["exit", "end"] as const) {
  test(`onExit() is called when a process ${how}s`, async () => {
    using ground = Ground.create(platform.pageSize);
    const child = start("exit_child.ts", { ground: ground.ticket, how });
    const code = { exit: 7, end: 0 }[how];
    assertEquals(await child.exited, { code, signal: null });
    assertEquals(ground.words.load(0), 1);
  });
}
