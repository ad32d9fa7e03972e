import { assertEquals, assertStringIncludes } from "@std/assert";
import { existsSync, writeFileSync } from "node:fs";
import process from "node:process";
import { runtimeName, test } from "../support/harness.ts";
import { fixture, inFolder, run, runScript } from "./program.ts";

const TASKSET = "/usr/bin/taskset";
const DENO_ONLY = { bun: "it has no permissions", node: "its permissions are tested elsewhere" };

test("a program uses processes and a pool, and ends by itself", async () => {
  const { code, stdout, stderr } = await runScript(fixture("smoke.ts"));
  assertEquals([code, stdout.trim(), stderr], [0, "done", ""]);
});

test("cpuCount(), and a pool that is told no number, count only the processors that are allowed", {
  ignore: existsSync(TASKSET) ? {} : { [runtimeName]: `${TASKSET} is not here` },
}, async () => {
  const flags = runtimeName === "deno" ? ["run", "-A", "--no-lock"] : [];
  const program = [process.execPath, ...flags, fixture("processors.ts")];
  const { code, stdout, stderr } = await run(TASKSET, ["-c", "0", ...program]);
  assertEquals([code, stdout.trim(), stderr], [0, "1 1 1", ""]);
});

test("a worker thread starts processes of its own", async () => {
  const { code, stdout, stderr } = await runScript(fixture("thread.ts"));
  assertEquals([code, stdout.trim(), stderr], [0, "[[2,4,6,42],2]", ""]);
});

test("a Worker as browsers have it starts processes and shares with them", {
  ignore: { node: "it has none" },
}, async () => {
  const { code, stdout, stderr } = await runScript(fixture("web_thread.ts"));
  assertEquals([code, stdout.trim(), stderr], [0, "[6,6,2]", ""]);
});

test("the processes of a thread end with it", async () => {
  const { code, stdout, stderr } = await runScript(fixture("thread_ends.ts"));
  const [pid, said] = stdout.split("\n");
  assertEquals([code, said, stderr], [0, "terminated and gone", ""]);
  assertEquals(Number(pid) > 0, true);
});

test("a child has exactly its parent's permissions", { ignore: DENO_ONLY }, async () => {
  for (const more of [[], ["--allow-read=/proc"], ["--allow-net", "--allow-env"]]) {
    const flags = ["run", "--no-lock", "--no-prompt", "--allow-ffi", "--allow-run", ...more];
    const { code, stdout, stderr } = await run(process.execPath, [...flags, fixture("low.ts")]);
    assertEquals([code, stdout, stderr], [0, "same permissions\n8\n[ 101, 102 ]\n", ""]);
  }
});

const BUN_ONLY = {
  deno: "compiling downloads a runtime, which cannot be reached here",
  node: "it does not compile",
};

test("a compiled program starts processes from its single file", { ignore: BUN_ONLY }, async () => {
  await inFolder(async (folder) => {
    const file = `${folder}/program`;
    const built = await run(process.execPath, [
      "build",
      "--compile",
      fixture("single_file.ts"),
      "--outfile",
      file,
    ]);
    assertEquals(built.code, 0, built.stderr);
    const { code, stdout, stderr } = await run(file, []);
    assertEquals([code, stdout, stderr], [0, "6\n[ 6, 7 ] [ 2, 4 ]\n", ""]);
  });
});

test("a compiled program without freezeSupport() fails with one clear error", {
  ignore: BUN_ONLY,
}, async () => {
  await inFolder(async (folder) => {
    const file = `${folder}/program`;
    const source = `${folder}/source.ts`;
    writeFileSync(
      source,
      `globalThis.skipFreeze = true; await import(${JSON.stringify(fixture("single_file.ts"))});`,
    );
    await run(process.execPath, ["build", "--compile", source, "--outfile", file]);
    const { code, stderr } = await run(file, []);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "call await freezeSupport() before anything else");
    assertEquals(stderr.match(/ProcessError: Cannot start/g)?.length, 1, stderr);
  });
});

const AS_COMPILED = { bun: "it compiles, as above", node: "it does not compile" };

test("what looks like a program of deno compile starts processes from its single file", {
  ignore: AS_COMPILED,
}, async () => {
  const { code, stdout, stderr } = await runScript(fixture("as_compiled.ts"));
  assertEquals([code, stdout, stderr], [0, "6\n[ 6, 7 ] [ 2, 4 ]\n", ""]);
});

test("what looks like a program of deno compile fails without freezeSupport()", {
  ignore: AS_COMPILED,
}, async () => {
  const { code, stderr } = await run(
    process.execPath,
    ["run", "-A", "--no-lock", fixture("as_compiled.ts")],
    { env: { MP_UNFROZEN: "1" } },
  );
  assertEquals(code, 1);
  assertStringIncludes(stderr, "call await freezeSupport() before anything else");
  assertEquals(stderr.match(/ProcessError: Cannot start/g)?.length, 1, stderr);
});
