import { assert, assertEquals, assertFalse, assertRejects } from "@std/assert";
import { SerializationError } from "../../src/errors.ts";
import { describeFunction } from "../../src/functions/describe.ts";
import { isImporting } from "../../src/functions/importing.ts";
import { resolveFunction } from "../../src/functions/resolve.ts";
import { test } from "../support/harness.ts";

let count = 0;

/** A URL that no test of this process has used. */
function unusedUrl(): string {
  return `file:///importing-${count += 1}.ts`;
}

test("a module is imported once, for all functions in it", async () => {
  const first = function first() {};
  const second = function second() {};
  const url = unusedUrl();
  let imports = 0;
  const lookup = {
    import: () => Promise.resolve({ first, second, imports: imports += 1 }),
  };
  const references = [first, second, first].map((fn) => ({
    ...describeFunction(fn, []),
    kind: "export" as const,
    urls: [url],
  }));
  const found = await Promise.all(references.map((r) => resolveFunction(r, lookup)));
  assertEquals(found, [first, second, first]);
  assertEquals(imports, 1);
});

test("isImporting() is true while the module is evaluated and false again when it threw", async () => {
  const reference = {
    ...describeFunction(function fails() {}, []),
    kind: "export" as const,
    urls: [unusedUrl()],
  };
  const seen: boolean[] = [];
  const lookup = {
    import: async () => {
      seen.push(isImporting());
      await Promise.resolve();
      seen.push(isImporting());
      throw new Error("no");
    },
  };
  assertFalse(isImporting());
  await assertRejects(() => resolveFunction(reference, lookup), SerializationError, "Error: no");
  assertFalse(isImporting());
  await assertRejects(() => resolveFunction(reference, lookup), SerializationError);
  assertEquals(seen, [true, true, true, true]);
});

test("a loaded module that never finishes does not stop the search, nor counts as importing", async () => {
  // Of a name that no earlier run of this test has left in a loaded module.
  const name = `wanted${count}`;
  const wanted = { [name]() {} }[name]!;
  const [caller, endless, place] = [unusedUrl(), unusedUrl(), unusedUrl()];
  const lookup = {
    import: (url: string) => {
      if (url === endless) return new Promise<never>(() => {});
      return Promise.resolve(url === place ? { tools: { wanted } } : {});
    },
    loaded: () => [caller, endless, place],
  };
  const reference = {
    ...describeFunction(wanted, []),
    kind: "export" as const,
    urls: [caller],
  };
  assert(await resolveFunction(reference, lookup) === wanted);
  assertFalse(isImporting());
});
