import { assertEquals } from "@std/assert";
import { nodeLaunchArgs } from "../../src/runtime/node_flags.ts";
import { test } from "../support/harness.ts";

/** The flags of a child whose parent has these; Node's own list of them ends before the script. */
function flags(line: string): string {
  const launch = {
    commandLine: [],
    entry: "file:///lib/the%20entry.ts",
    ticket: "ticket",
    cwd: "/project",
    exists: () => false,
  };
  const args = nodeLaunchArgs(launch, line === "" ? [] : line.split(" "));
  assertEquals(args.slice(-2), ["/lib/the entry.ts", "ticket"]);
  return args.slice(0, -2).join(" ");
}

const lines: Record<string, string> = {
  "": "",
  "--import ./a.mjs": "--import ./a.mjs",
  "--import=./a.mjs -r ./b.cjs": "--import=./a.mjs -r ./b.cjs",
  "-C development --conditions=x": "-C development --conditions=x",
  "--env-file .env --env-file=.env.local --env-file-if-exists x --no-warnings": "--no-warnings",
  "--dns-result-order ipv4first": "--dns-result-order ipv4first",
  "--max-old-space-size=200 --expose-gc": "--max-old-space-size=200 --expose-gc",
  "--disable-warning MODULE_TYPELESS_PACKAGE_JSON --no-warnings":
    "--disable-warning MODULE_TYPELESS_PACKAGE_JSON --no-warnings",
  "--permission --allow-fs-read=* --allow-ffi": "--permission --allow-fs-read=* --allow-ffi",
  "--title worker --stack-trace-limit=5": "--title worker --stack-trace-limit=5",
  "--redirect-warnings out.txt --unhandled-rejections strict":
    "--redirect-warnings out.txt --unhandled-rejections strict",
  // What concerns the parent alone, with its value.
  "--test --test-reporter spec --test-timeout=9 --import ./a.mjs": "--import ./a.mjs",
  "--experimental-test-coverage --test-concurrency=0": "",
  "--watch --watch-path src --inspect-brk=0 --inspect-port 1": "",
  "--cpu-prof --cpu-prof-dir out --heap-prof --prof": "",
  "-e console.log(1)": "",
  "--stack-trace-limit=5 --eval 1+1": "--stack-trace-limit=5",
  "--input-type=module -p 1+1": "",
  "--input-type module -pe 1+1 --no-warnings": "--no-warnings",
};

for (const [line, kept] of Object.entries(lines)) {
  test(`"node ${line}" hands on "${kept}"`, () => assertEquals(flags(line), kept));
}
