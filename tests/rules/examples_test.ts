import { assertEquals, assertMatch } from "@std/assert";
import * as mp from "../../mod.ts";
import { test } from "../support/harness.ts";
import { read } from "./files.ts";

/** An example that the gate runs (`gate/examples.ts`). */
const PROGRAM = /@example[^\n]*\n \* ```ts\n/;

/** The doc comments of a module's exported values, by name: of several overloads the first. */
function commentsOf(source: string): Map<string, string> {
  const documented =
    /\/\*\*((?:(?!\*\/)[^])*)\*\/\n(?:\/\/[^\n]*\n)*export (?:async )?(?:class|function\*?|const) (\w+)/g;
  const found = new Map<string, string>();
  for (const [, comment, name] of source.matchAll(documented)) {
    if (!found.has(name)) found.set(name, comment);
  }
  return found;
}

test("every value that is exported has an example that the gate runs", () => {
  const modules = [...read("mod.ts").matchAll(/ from "\.\/(src\/.+)";$/gm)].map(([, path]) => path);
  const comments = new Map(modules.flatMap((path) => [...commentsOf(read(path))]));
  const without = Object.keys(mp).filter((name) => !PROGRAM.test(comments.get(name) ?? ""));
  assertEquals(without, []);
});

test("every entry point begins with what it is and an example", () => {
  const entries: Record<string, string> = JSON.parse(read("deno.json")).exports;
  for (const [name, path] of Object.entries(entries)) {
    // The entries that nobody imports show a command instead of a program.
    const example = name === "." ? PROGRAM : /@example[^\n]*\n \* ```sh\n/;
    assertMatch(read(path), /^\/\*\*\n(?: \*.*\n)+ \* @module\n \*\//, path);
    assertMatch(read(path), example, path);
  }
});
