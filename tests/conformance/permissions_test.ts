import { assertEquals } from "@std/assert";
import type { Permitted } from "../fixtures/conformance/permitted_child.ts";
import { type RuntimeName, runtimeName, test } from "../support/harness.ts";
import { ask } from "./children.ts";

/** A test of one runtime's permissions: with these flags, this is what happens. */
function permits(
  runtime: RuntimeName,
  name: string,
  flags: readonly string[],
  expected: Partial<Permitted>,
): void {
  if (runtime !== runtimeName) return;
  test(name, async () => {
    const permitted = await ask<Permitted>("permitted_child.ts", {}, { flags });
    for (const [act, outcome] of Object.entries(expected)) {
      assertEquals(permitted[act as keyof Permitted], outcome, act);
    }
  });
}

const noFfi =
  "UnsupportedError: Cannot share memory: Deno runs without the permission to call C; " +
  "add --allow-ffi";
const noRun =
  'UnsupportedError: Cannot start a process: Deno runs without the permission to run "/bin/true"; ' +
  "add --allow-run (or --allow-run=deno)";
const noEnv =
  "UnsupportedError: Cannot read the environment: Deno runs without the permission to; " +
  "add --allow-env";

permits("deno", "Deno without permissions names the flags that are missing", ["--no-prompt"], {
  share: noFfi,
  hear: noFfi,
  start: noRun,
  environment: noEnv,
});

permits("deno", "Deno with --allow-ffi alone can share memory and hear", [
  "--no-prompt",
  "--allow-ffi",
], { share: "ok", hear: "ok", start: noRun, environment: noEnv });

permits("deno", "Deno with --allow-run and --allow-env alone can start processes", [
  "--no-prompt",
  "--allow-run",
  "--allow-env",
], { share: noFfi, start: "ok", environment: "ok" });

permits("deno", "Deno that may run other programs only names the one that it may not", [
  "--no-prompt",
  "--allow-run=deno",
], { start: noRun });

permits("deno", "Deno with --deny-ffi cannot share memory", ["-A", "--deny-ffi"], { share: noFfi });

permits("deno", "Deno with --allow-ffi for other libraries cannot share memory", [
  "--no-prompt",
  "--allow-ffi=./other.so",
], { share: noFfi, hear: noFfi });

const nodeNoFfi = "UnsupportedError: Cannot share memory: Node runs with --permission and " +
  "without the permission to call C; add --allow-ffi";
const nodeNoRun = "UnsupportedError: Cannot start a process: Node runs with --permission and " +
  'without the permission to run "/bin/true"; add --allow-child-process';
const read = ["--permission", "--allow-fs-read=*"];

permits("node", "Node with --permission names the flags that are missing", read, {
  share: nodeNoFfi,
  hear: nodeNoFfi,
  start: nodeNoRun,
  environment: "ok",
});

permits("node", "Node with --permission and --allow-ffi can share memory and hear", [
  ...read,
  "--allow-ffi",
], { share: "ok", hear: "ok", start: nodeNoRun });

permits("node", "Node with --permission and --allow-child-process can start processes", [
  ...read,
  "--allow-child-process",
], { share: nodeNoFfi, start: "ok" });

permits("bun", "Bun has no permissions", [], {
  share: "ok",
  hear: "ok",
  start: "ok",
  environment: "ok",
});
