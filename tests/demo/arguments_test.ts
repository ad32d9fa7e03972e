import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseArguments, UsageError } from "../../bench/demo/arguments.ts";
import { test } from "../support/harness.ts";

test("the demo's arguments come in any order, with a value behind = or behind a space", () => {
  const all = { folder: "a b", runtime: "bun", workers: 3 } as const;
  assertEquals(parseArguments(["a b", "--runtime", "bun", "--workers", "3"]), all);
  assertEquals(parseArguments(["--workers=3", "--runtime=bun", "a b"]), all);
  assertEquals(parseArguments([]), { folder: undefined, runtime: "deno", workers: undefined });
});

for (
  const [args, message] of [
    [["--runtime", "python"], '--runtime must be deno, bun or node, got "python"'],
    [["--runtime"], "--runtime must be deno, bun or node, got nothing"],
    ...["0", "-1", "1.5", "NaN", "513", "", "1e2"].map((text) =>
      [["--workers", text], `--workers must be an integer from 1 to 512, got "${text}"`] as const
    ),
    [["--workers"], "--workers must be an integer from 1 to 512, got nothing"],
    [["a", "b"], 'One folder at a time: got "a" and "b"'],
    [["--fast"], "There is no option --fast"],
  ] as const
) {
  test(`the demo refuses ${args.join(" ")}, and says what it wants`, () => {
    const error = assertThrows(() => parseArguments(args), UsageError);
    assertStringIncludes(error.message, message);
  });
}
