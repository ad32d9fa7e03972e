import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { pathToFileURL } from "node:url";
import { describeFunction } from "../../src/functions/describe.ts";
import { test } from "../support/harness.ts";
import { fixture, messageOf, valueOf } from "./in_child.ts";

let count = 0;

/** A module that changes between this process and the next. */
async function changing(
  before: string,
  after: string | undefined,
  use: (url: string, module: Record<string, never>) => Promise<void>,
) {
  const folder = mkdtempSync(`${tmpdir()}/functions-`);
  try {
    const path = `${folder}/a module ${count += 1}%.mjs`;
    const { href } = pathToFileURL(path);
    writeFileSync(path, before);
    const module = await import(href);
    if (after === undefined) rmSync(path);
    else writeFileSync(path, after);
    await use(href, module);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const VALUE =
  "const k = [1];\nexport function value() { return k[0]; }\nexport function alone() { return 1; }";

test("a module that throws when it is imported is named, with what it threw", async () => {
  const url = fixture("throws.ts");
  const reference = describeFunction(function fine() {}, [url]);
  assertEquals(
    await messageOf({ reference, args: [] }),
    `SerializationError: Cannot find function "fine": ${url} threw ` +
      "RangeError: there is no configuration while it was imported to look there; " +
      "move the function to a module that other processes can import",
  );
});

test("a module that another one cannot import is named", async () => {
  await changing(VALUE, `import "./not-there.mjs";\n${VALUE}`, async (url, { value }) => {
    const message = await messageOf({ reference: describeFunction(value, [url]), args: [] });
    assertStringIncludes(message, `Cannot find function "value": ${url} threw `);
    assertStringIncludes(message, "not-there.mjs");
  });
});

test("a syntax error is named", async () => {
  await changing(VALUE, `${VALUE}\n)`, async (url, { value }) => {
    const message = await messageOf({ reference: describeFunction(value, [url]), args: [] });
    assertMatch(message, /Cannot find function "value": \S+ threw .+ while it was imported/s);
    assertStringIncludes(message, url);
  });
});

test("a function of a missing file runs from its text or says that the file is missing", async () => {
  await changing(VALUE, undefined, async (url, { value, alone }) => {
    assertEquals(await valueOf({ reference: describeFunction(alone, [url]), args: [] }), 1);
    assertStringIncludes(
      await messageOf({ reference: describeFunction(value, [url]), args: [] }),
      `"k" is not defined in function "value", which runs from its source text because ` +
        `there is no module ${url} to import; export it`,
    );
  });
});

test("a function that changed meanwhile runs as it was or says that it changed", async () => {
  const after = VALUE.replaceAll("return ", "return 10 * ");
  await changing(VALUE, after, async (url, { value, alone }) => {
    assertEquals(await valueOf({ reference: describeFunction(alone, [url]), args: [] }), 1);
    assertStringIncludes(
      await messageOf({ reference: describeFunction(value, [url]), args: [] }),
      `because ${url} exports another one by that name, or the file has changed meanwhile`,
    );
  });
});

test("a second caller that cannot be imported does not stand in the way", async () => {
  const urls = [fixture("library.ts"), fixture("throws.ts")];
  const reference = describeFunction(function alone() {
    return 1;
  }, urls);
  assertEquals(await valueOf({ reference, args: [] }), 1);
});

test("a global that is not there is named", async () => {
  const reference = { ...describeFunction(Math.max), path: "Math.maximum" };
  assertEquals(
    await messageOf({ reference, args: [] }),
    'SerializationError: Cannot find function "max": there is no Math.maximum in this process',
  );
});
