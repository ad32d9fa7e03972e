import { assertEquals, assertMatch } from "@std/assert";
import process from "node:process";
import { test } from "../support/harness.ts";
import { type Ending, runScript } from "./script.ts";

const SCRIPT = "process/scripts/permissions.ts";
const DENO_ONLY = {
  ignore: { bun: "it has no permissions", node: "tests/conformance has its permissions" },
};

function lines({ code, stdout, stderr }: Ending): string[] {
  assertEquals([code, stderr], [0, ""]);
  return stdout.trimEnd().split("\n");
}

test("without --allow-ffi one sentence says what to add", DENO_ONLY, async () => {
  const said = lines(await runScript(SCRIPT, { flags: ["--allow-run"] }));
  const sentence = "UnsupportedError: Cannot share memory: Deno runs without the permission to " +
    "call C; add --allow-ffi";
  assertEquals(said, [sentence, sentence]);
});

test("without --allow-run one sentence says what to add", DENO_ONLY, async () => {
  for (const flags of [["--allow-ffi"], ["--allow-ffi", "--allow-run=/bin/true"]]) {
    const said = lines(await runScript(SCRIPT, { flags }));
    assertEquals(said.length, 2);
    for (const sentence of said) {
      assertMatch(
        sentence,
        /^UnsupportedError: Cannot start a process: Deno runs without the permission to run "[^"]+"; add --allow-run \(or --allow-run=deno\)$/,
      );
    }
  }
});

test("without either the first that is lacking is named", DENO_ONLY, async () => {
  // With no flag at all, node:child_process of Deno would add -A.
  const said = lines(await runScript(SCRIPT, { flags: ["--allow-sys"] }));
  assertEquals(said.map((sentence) => sentence.split(";")[1]), [
    " add --allow-ffi",
    " add --allow-ffi",
  ]);
});

test("the two permissions are enough", DENO_ONLY, async () => {
  for (const run of ["--allow-run", `--allow-run=${process.execPath}`]) {
    assertEquals(lines(await runScript(SCRIPT, { flags: ["--allow-ffi", run] })), ["3", "7"]);
  }
});
