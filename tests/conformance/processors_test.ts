import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { platform, runtime } from "../fixtures/conformance/ground.ts";
import { runtimeName, test } from "../support/harness.ts";

const taskset = "/usr/bin/taskset";

test("processors() is at least 1, and no more than the runtime sees", () => {
  const processors = platform.processors();
  assert(Number.isInteger(processors) && processors >= 1, String(processors));
  assertLessOrEqual(processors, availableParallelism());
});

test("processors() counts only those that this process may use", {
  ignore: existsSync(taskset) ? {} : { [runtimeName]: `${taskset} is not here` },
}, async () => {
  const script = new URL("../fixtures/conformance/self_child.ts", import.meta.url);
  const flags = runtimeName === "deno" ? ["run", "-A", "--no-config"] : [];
  const child = runtime.spawn({
    program: taskset,
    args: ["-c", "0", platform.program(), ...flags, fileURLToPath(script), "{}"],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  });
  const told = JSON.parse(await new Response(child.stdout).text());
  assertEquals([(await child.exited).code, told.processors], [0, 1]);
});
