import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describeFunction } from "../../src/functions/describe.ts";
import { test } from "../support/harness.ts";
import { fixture, inChild, valueOf } from "./in_child.ts";

async function inFolder(use: (folder: string) => Promise<void>) {
  const folder = mkdtempSync(`${tmpdir()}/copies-`);
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a task registered with another copy of this package is found", async () => {
  await inFolder(async (folder) => {
    const src = fileURLToPath(new URL("../../src/", import.meta.url));
    cpSync(src, folder, { recursive: true });
    const program = `${folder}/program.mjs`;
    writeFileSync(
      program,
      `import { task } from "./functions/tasks.ts";
      const k = [20];
      const made = task(import.meta, (a) => a + k[0]);
      export const given = { get made() { return made; } };`,
    );
    const { given } = await import(pathToFileURL(program).href);
    const reference = describeFunction(given.made);
    assertEquals(reference.kind, "task");
    assertEquals(await valueOf({ reference, args: [1] }), 21);
  });
});

test("a function of minified text is found under its export's name", async () => {
  const code =
    "const t=[1];function e(n){return n+t[0]}const r=n=>n-t[0];export{e as add,r as sub};";
  const url = `data:text/javascript,${encodeURIComponent(code)}`;
  const { add, sub } = await import(url);
  const answers = await inChild([
    { reference: describeFunction(add, [url]), args: [1] },
    { reference: describeFunction(sub, [url]), args: [1] },
  ]);
  assertEquals(answers.map(({ value }) => value), [2, 0]);
});

const ignore = {
  deno: "it has no bundler that works offline",
  node: "it has no bundler",
};

for (const flags of [[], ["--minify"], ["--minify", "--keep-names"]]) {
  test(`in a bundle with this package (${flags.join(" ")}), exports and tasks are found`, {
    ignore,
  }, async () => {
    await inFolder(async (folder) => {
      const bundle = `${folder}/bundle.mjs`;
      const entry = fileURLToPath(fixture("bundled.ts"));
      execFileSync(process.execPath, [
        "build",
        entry,
        "--target=bun",
        `--outfile=${bundle}`,
        ...flags,
      ]);
      const requests = JSON.parse(execFileSync(process.execPath, [bundle], { encoding: "utf8" }));
      const [add, registered, nested, triple, scale] = await inChild(requests);
      assertEquals(add?.value, 2);
      assertEquals(registered?.value, 11);
      assertEquals(nested?.value, 4);
      assertEquals(triple?.value, 4);
      assertMatch(scale?.error?.message ?? "", /^"\w+" is not defined in function "/);
      assertStringIncludes(scale?.error?.message ?? "", "/bundle.mjs does not export it; export");
    });
  });
}
