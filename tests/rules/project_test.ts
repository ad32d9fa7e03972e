import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { existsSync } from "node:fs";
import * as errors from "../../src/errors.ts";
import { EXPORTS, specifierOf } from "../../src/runtime/jsr.ts";
import * as mp from "../../mod.ts";
import pins from "../gate/pins.json" with { type: "json" };
import { test } from "../support/harness.ts";
import { read, root } from "./files.ts";

const config = JSON.parse(read("deno.json"));

test("every export of deno.json is a file", () => {
  for (const [name, target] of Object.entries<string>(config.exports)) {
    assert(existsSync(root + target), `"${name}" names ${target}, which is not there`);
  }
});

test("what children are told of by its name on JSR is what deno.json exports", () => {
  const entries = Object.values(EXPORTS).map((name) => `./${name}`);
  assertEquals([".", ...entries].sort(), Object.keys(config.exports).sort());
  for (const [path, name] of Object.entries(EXPORTS)) {
    assert(existsSync(root + path), path);
    assertEquals(specifierOf(`https://jsr.io/@x/mp/1.2.3/${path}`), `jsr:@x/mp@1.2.3/${name}`);
  }
});

test("the changelog knows the version", () => {
  assertStringIncludes(read("CHANGELOG.md"), `## [${config.version}]`);
});

test("every text that names a version of a runtime names the pinned one", () => {
  for (const path of ["README.md", "CONTRIBUTING.md", "tests/README.md", ".ci/run"]) {
    if (!existsSync(root + path)) continue;
    for (const [, name, version] of read(path).matchAll(/\b(deno|bun|node)@(\d[\w.]*)/g)) {
      assertEquals(version, pins[name as keyof typeof pins], `${name} in ${path}`);
    }
  }
});

test("every error class is exported and has its own name", () => {
  for (const [name, value] of Object.entries(errors)) {
    assertEquals(mp[name as keyof typeof mp], value as unknown);
    assertEquals(value.name, name);
    assert(value.prototype instanceof Error);
  }
});
