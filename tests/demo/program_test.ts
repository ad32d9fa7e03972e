import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { launchFlags } from "../../bench/launch.ts";
import { TemporaryFolder } from "../fixtures/demo/tree.ts";
import { runtimeName, test } from "../support/harness.ts";

const flags = launchFlags[runtimeName];
const script = fileURLToPath(new URL("../../bench/demo/demo.ts", import.meta.url));

function runDemo(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [...flags, script, ...args], {
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
}

test("the demo as a program ends with 0, prints to standard output alone, and leaves no line unended", () => {
  using folder = new TemporaryFolder();
  folder.write("a", "one\ntwo\n");
  folder.write("b/c", "three\n");
  const { status, stdout, stderr } = runDemo(folder.path, "--workers", "2");
  assertEquals(stderr, "");
  assertEquals(status, 0);
  assertStringIncludes(stdout, "found   2 files in 2 folders, 14 bytes");
  assertStringIncludes(stdout, "2 workers");
  assertStringIncludes(stdout, "lines   3\n");
  assert(stdout.endsWith("\n"));
});

test("the demo as a program ends bad input with 1 and one line on standard error", () => {
  using folder = new TemporaryFolder();
  for (const args of [[`${folder.path}/missing`], [folder.path, "--workers", "0"], []]) {
    const { status, stdout, stderr } = runDemo(...args);
    assertEquals({ status, stdout, lines: stderr.split("\n").length }, {
      status: 1,
      stdout: "",
      lines: 2,
    });
  }
});
