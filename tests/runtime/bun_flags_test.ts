import { assertEquals } from "@std/assert";
import { bunFlagKind, bunLaunchArgs, isBelowTests } from "../../src/runtime/bun_flags.ts";
import { platform, runtime } from "../fixtures/conformance/ground.ts";
import { runtimeName, test } from "../support/harness.ts";
import { flagsOf } from "./help.ts";

/** The arguments of a child whose parent has these. */
function launch(args: readonly string[]): string[] {
  return bunLaunchArgs({
    commandLine: ["/bin/bun", ...args],
    entry: "file:///lib/the%20entry.ts",
    ticket: "ticket",
    cwd: "/project",
    exists: () => false,
  });
}

/** The flags of a child whose parent has this command line. */
function flags(line: string): string {
  const args = launch(line.split(" ")).filter((arg) => arg !== "--x-mp-tests");
  assertEquals(args.slice(-3), ["--no-env-file", "/lib/the entry.ts", "ticket"]);
  return args.slice(0, -3).join(" ");
}

const lines: Record<string, string> = {
  "main.ts": "",
  "run main.ts": "",
  "run --smol main.ts": "--smol",
  "--smol run main.ts": "--smol",
  "--smol main.ts": "--smol",
  "--preload ./a.ts main.ts": "--preload ./a.ts",
  "--preload=./a.ts main.ts": "--preload=./a.ts",
  "-r ./a.ts --import ./b.ts main.ts": "-r ./a.ts --import ./b.ts",
  "--conditions development main.ts": "--conditions development",
  "--define A:1 -d B:2 -dC:3 main.ts": "--define A:1 -d B:2 -dC:3",
  "--env-file .env.test --no-env-file --no-install main.ts": "--no-install",
  "--title worker main.ts": "--title worker",
  "--console-depth 4 main.ts": "--console-depth 4",
  "--install fallback main.ts": "--install fallback",
  "--unhandled-rejections strict main.ts": "--unhandled-rejections strict",
  "--tsconfig-override other.json main.ts": "--tsconfig-override other.json",
  "-ib main.ts": "-ib",
  "--use-system-ca --tls-min-v1.2 main.ts": "--use-system-ca --tls-min-v1.2",
  "--expose-gc --no-deprecation main.ts": "--expose-gc --no-deprecation",
  // The value of --config stands behind = or not at all.
  "--config main.ts --smol": "--config",
  "--config=other.toml main.ts": "--config=other.toml",
  "-c=other.toml main.ts": "-c=other.toml",
  // What concerns the parent alone.
  "--watch --hot --inspect main.ts": "",
  "--inspect=localhost:1 --cpu-prof --cpu-prof-dir out main.ts": "",
  "--port 80 --cwd /tmp --smol main.ts": "--smol",
  "-e console.log(1) --smol": "--smol",
  // What stands behind the script is the script's own.
  "main.ts --smol": "",
  "run main.ts --preload x": "",
  "run test --smol": "",
  "run run --smol": "",
  "main.ts -- --smol": "",
  // `bun test` takes flags behind its files.
  "test": "",
  "test a.test.ts --preload ./a.ts b.test.ts": "--preload ./a.ts",
  "test --timeout 10 -t name --bail a.test.ts --smol": "--smol",
  "--smol test --coverage --reporter=junit --reporter-outfile=x a.test.ts": "--smol",
  "test -- --smol": "",
};

for (const [line, kept] of Object.entries(lines)) {
  test(`"bun ${line}" hands on "${kept}"`, () => assertEquals(flags(line), kept));
}

test("all descendants of bun test know that they are, and no others", () => {
  const areTold = (line: string): boolean[] => {
    const child = launch(line.split(" "));
    const grandchild = launch(child);
    return [child, grandchild].map((args) => isBelowTests(args.slice(-2)));
  };
  for (const line of ["test", "--smol test --bail a.test.ts"]) {
    assertEquals(areTold(line), [true, true], line);
  }
  for (const line of ["main.ts", "run test", "main.ts test", "run main.ts --x-mp-tests"]) {
    assertEquals(areTold(line), [false, false], line);
  }
});

if (runtimeName === "bun") {
  test("every flag that Bun's help names is in the table", async () => {
    for (const args of [["--help"], ["run", "--help"], ["test", "--help"]]) {
      const help = await flagsOf(runtime, platform.program(), args);
      assertEquals(help.filter((flag) => bunFlagKind(flag) === undefined), []);
    }
  });
}
