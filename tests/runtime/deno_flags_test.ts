import { assertEquals } from "@std/assert";
import { denoFlagKind, denoLaunchArgs } from "../../src/runtime/deno_flags.ts";
import { platform, runtime } from "../fixtures/conformance/ground.ts";
import { runtimeName, test } from "../support/harness.ts";
import { flagsOf } from "./help.ts";

const files = new Set([
  "/project/deno.json",
  "/project/commented/deno.jsonc",
  "/project/packaged/package.json",
]);

/** The flags of a child whose parent has this command line, in a folder. */
function flags(line: string, cwd: string): string {
  const args = denoLaunchArgs({
    commandLine: ["/bin/deno", ...line.split(" ")],
    entry: "https://jsr.io/entry.ts",
    ticket: "ticket",
    cwd,
    exists: (path) => files.has(path),
  });
  assertEquals([args[0], ...args.slice(-2)], ["run", "https://jsr.io/entry.ts", "ticket"]);
  return args.slice(1, -2).join(" ");
}

/** Command lines where there is no configuration, and the flags that are handed on. */
const lines: Record<string, string> = {
  "run": "",
  "run main.ts": "",
  "main.ts": "",
  "run -A main.ts": "-A",
  "-A main.ts": "-A",
  "-q run -A main.ts": "-q -A",
  "--log-level debug run -A main.ts": "--log-level debug -A",
  "run --allow-read=a,b --allow-ffi main.ts": "--allow-read=a,b --allow-ffi",
  "run -R=a,b -W main.ts": "-R=a,b -W",
  "run --deny-net --ignore-env=HOME main.ts": "--deny-net --ignore-env=HOME",
  "run -RWE main.ts": "-R -W -E",
  "run -RW=/tmp main.ts": "-R -W=/tmp",
  "run -qrA main.ts": "-q -A",
  "run -AL debug main.ts": "-A -L debug",
  "run -Ldebug main.ts": "-L=debug",
  "run -P main.ts": "-P",
  "run -P=ci main.ts": "-P=ci",
  "run --permission-set=ci main.ts": "--permission-set=ci",
  "run --no-prompt main.ts": "--no-prompt",
  "run --unstable-kv --unstable main.ts": "--unstable-kv --unstable",
  "run --import-map map.json main.ts": "--import-map map.json",
  "run --import-map=map.json main.ts": "--import-map=map.json",
  "run --conditions development main.ts": "--conditions development",
  "run --lock custom.lock -A main.ts": "--lock custom.lock -A",
  "run --lock -A main.ts": "--lock -A",
  "run --frozen --cached-only --no-npm main.ts": "--frozen --cached-only --no-npm",
  "run --node-modules-dir=auto --vendor main.ts": "--node-modules-dir=auto --vendor",
  "run --v8-flags=--expose-gc,--max-old-space-size=99 main.ts":
    "--v8-flags=--expose-gc,--max-old-space-size=99",
  "run --seed 7 --location http://localhost main.ts": "--seed 7 --location http://localhost",
  "run --preload ./a.ts --require b.cjs main.ts": "--preload ./a.ts --require b.cjs",
  "run --env-file --cert ca.pem main.ts": "--cert ca.pem",
  "run --env-file=.env.test main.ts": "",
  "run --unsafely-ignore-certificate-errors=a.b main.ts":
    "--unsafely-ignore-certificate-errors=a.b",
  // What concerns the parent alone.
  "run --watch --hmr --inspect-brk=127.0.0.1:0 --check -r main.ts": "",
  "run --reload=jsr: --no-check --coverage=dir --no-clear-screen main.ts": "",
  "run --ext js -A main.ts": "-A",
  // What stands behind the script is the script's own.
  "run -A main.ts -R --allow-net --config x": "-A",
  "main.ts -A": "",
  "run main.ts -- -A": "",
  "eval -A console.log(1) -R": "-A",
  "eval console.log(1)": "-A",
  "serve -A --port 80 --host ::1 main.ts -R": "-A",
  "x -A npm:cowsay -R": "-A",
  // These take flags behind their files.
  "test -A": "-A",
  // The set of the configuration for tests is another than that of `run -P`.
  "test -P a_test.ts": "",
  "bench -P bench.ts": "",
  "test -P=ci": "-P=ci",
  "test a_test.ts -A b_test.ts -R": "-A -R",
  "test -A --filter x --junit-path out.xml --parallel a_test.ts -- -R": "-A",
  "test -A --filter=x --reporter dot --fail-fast=3 --shuffle --coverage dir": "-A",
  "bench --json -A --no-run bench.ts": "-A",
  "repl -A --eval 1 --eval-file=x.ts": "-A",
};

for (const [line, kept] of Object.entries(lines)) {
  test(`"deno ${line}" hands on "${kept}"`, () => {
    assertEquals(flags(line, "/elsewhere"), `${kept} --no-config`.trim());
  });
}

/** Command lines, the folder in which they are run, and the configuration that the child is given. */
const configurations: [line: string, cwd: string, configuration: string][] = [
  ["run main.ts", "/project", "--config=/project/deno.json"],
  ["run sub/main.ts", "/project", "--config=/project/deno.json"],
  ["run /project/sub/deep/main.ts", "/elsewhere", "--config=/project/deno.json"],
  ["run file:///project/sub/main.ts", "/elsewhere", "--config=/project/deno.json"],
  ["run file:///project/with%20space/main.ts", "/elsewhere", "--config=/project/deno.json"],
  ["run ../project/main.ts", "/elsewhere", "--config=/project/deno.json"],
  ["run commented/main.ts", "/project", "--config=/project/commented/deno.jsonc"],
  ["run https://example.com/main.ts", "/project", "--config=/project/deno.json"],
  ["run jsr:@x/cli", "/project", "--config=/project/deno.json"],
  ["run npm:cowsay", "/project", "--config=/project/deno.json"],
  ["run ./sub/../../project/./main.ts", "/project", "--config=/project/deno.json"],
  ["run -", "/project", "--config=/project/deno.json"],
  ["run main.ts", "/elsewhere", "--no-config"],
  ["/main.ts", "/project", "--no-config"],
  // A package.json alone: node_modules is the user's.
  ["run main.ts", "/project/packaged", "--no-config --node-modules-dir=manual"],
  [
    "run --node-modules-dir=auto main.ts",
    "/project/packaged",
    "--node-modules-dir=auto --no-config",
  ],
  // Only `run` looks beside the script.
  ["test commented/a_test.ts", "/project", "--config=/project/deno.json"],
  ["bench /project/commented/a_bench.ts", "/elsewhere", "--no-config"],
  ["serve commented/main.ts", "/project", "--config=/project/deno.json"],
  ["eval import'/project/a.ts'", "/elsewhere", "-A --no-config"],
  ["repl", "/project/commented", "--config=/project/commented/deno.jsonc"],
  // Who chose one has chosen.
  ["run --config other.json main.ts", "/project", "--config other.json"],
  ["run -c other.json main.ts", "/project", "-c other.json"],
  ["run -cother.json main.ts", "/project", "-c=other.json"],
  ["run --config=other.json main.ts", "/project", "--config=other.json"],
  ["run --no-config main.ts", "/project", "--no-config"],
];

for (const [line, cwd, configuration] of configurations) {
  test(`"deno ${line}" in ${cwd} gives its children "${configuration}"`, () => {
    assertEquals(flags(line, cwd), configuration);
  });
}

if (runtimeName === "deno") {
  test("every flag that Deno's help names is in the table", async () => {
    const unknown = new Set<string>();
    for (const subcommand of ["run", "test", "bench", "serve", "eval", "repl"]) {
      const help = await flagsOf(runtime, platform.program(), [subcommand, "--help=full"]);
      for (const flag of help) if (denoFlagKind(flag) === undefined) unknown.add(flag);
    }
    assertEquals([...unknown], []);
  });
}
