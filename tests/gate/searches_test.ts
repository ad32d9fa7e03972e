import { assert, assertEquals } from "@std/assert";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "../support/harness.ts";
import { isSearch } from "./searches.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

function testFiles(folder: string): string[] {
  return readdirSync(root + folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return testFiles(path);
    return path.endsWith("_test.ts") ? [path] : [];
  });
}

test("what is searched once has no runtime in it: no process, no FFI, no clock, no public module", () => {
  const searches = testFiles("tests").filter(isSearch);
  assert(searches.length >= 20, `${searches.length} files`);
  for (const file of searches) {
    const text = readFileSync(root + file, "utf8");
    const found = /fixtures\/|mod\.ts"|src\/(runtime|platform|process)\/|performance\.|Date\.|node:/
      .exec(text);
    assertEquals(found?.[0], undefined, file);
  }
});

test("tests of behaviour are no searches, whatever they test", () => {
  for (const file of ["tests/model/checker_test.ts", "tests/channel/death_test.ts"]) {
    assert(!isSearch(file), file);
  }
});
