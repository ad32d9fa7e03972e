import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describeFunction } from "../../src/functions/describe.ts";
import byDefault, * as exported from "../fixtures/functions/exported.ts";
import * as library from "../fixtures/functions/library.ts";
import { test } from "../support/harness.ts";
import { fixture, inChild, messageOf, valueOf } from "./in_child.ts";

const here = fixture("exported.ts");
const { tools, Shape } = exported;

// deno-lint-ignore ban-types
function request(fn: Function, args: unknown[], url = here) {
  return { reference: describeFunction(fn, [url]), args };
}

/** A function that nobody described yet, so that `url` counts. */
// deno-lint-ignore ban-types
function requestAt(fn: Function, args: unknown[], url: string) {
  return { reference: { ...describeFunction(fn, [here]), urls: [url] }, args };
}

test("an export is found, whatever its shape", async () => {
  const cases: [string, ReturnType<typeof request>, unknown][] = [
    ["function", request(exported.add, [1, 2]), 1_003],
    ["arrow", request(exported.arrow, [1]), 1_001],
    ["async", request(exported.later, [1]), 1_001],
    ["generator", request(exported.count, [2]), [1_000, 1_001]],
    ["async generator", request(exported.countLater, [2]), [1_000, 1_001]],
    ["default", request(byDefault, [2]), 2_000],
    ["alias", request(exported.outer, [1]), -999],
    ["method of an object", request(tools.double, [1]), 1_002],
    ["async generator method", request(tools.stream, [1]), [1_001]],
    ["method two objects deep", request(tools.deep.triple, [1]), 1_003],
    ["static method", request(Shape.area, [2]), 1_004],
    ["method of a prototype", request(Shape.prototype.side, [1]), 1_001],
    ["function in an array", request(exported.handlers[0]!, [1]), 1_001],
  ];
  const answers = await inChild(cases.map(([, { reference, args }]) => ({ reference, args })));
  assertEquals(
    answers.map((answer, i) => [cases[i]![0], answer.error?.message ?? answer.value]),
    cases.map(([shape, , value]) => [shape, value]),
  );
});

test("a re-export is found under its own and under another name, and in a namespace", async () => {
  const url = fixture("reexported.ts");
  const answers = await inChild([
    requestAt(exported.add, [1, 2], url),
    requestAt(byDefault, [2], url),
    requestAt(tools.double, [1], url),
  ], false);
  assertEquals(answers.map(({ value }) => value), [1_003, 2_000, 1_002]);
});

test("a function that the caller imported is found in the module that exports it", async () => {
  const reference = { ...describeFunction(library.scale, [fixture("importer.ts")]) };
  assertEquals(await valueOf({ reference, args: [6] }), 42);
});

test("a function that the caller imported ends in advice where modules cannot be followed", async () => {
  const url = fixture("importer.ts");
  const message = await messageOf(requestAt(library.scale, [6], url), false);
  assertMatch(message, /^ReferenceError: "factor" is not defined in function "scale"/);
  assertStringIncludes(message, `because ${url} does not export it`);
  assertStringIncludes(message, "export it, or register it with task(import.meta, scale)");
});

test("of two modules that export functions alike, none is guessed", async () => {
  const message = await messageOf(requestAt(library.scale, [6], fixture("two_libraries.ts")));
  assertStringIncludes(message, "several modules that it loads export one");
  assertStringIncludes(message, "task(import.meta, scale)");
});

test("of two exports made by one factory, none is guessed", async () => {
  const message = await messageOf(request(exported.up, [1]));
  assertMatch(message, /"(?:by|bonus)" is not defined in function "step"/);
  assertStringIncludes(message, `${here} exports several that read the same`);
});

test("a function of the same name as an export is not taken for it", async () => {
  assertEquals(await valueOf(request(exported.localTwin(), [3, 4])), 12);
});

test("an export of a CommonJS module is found", async () => {
  const url = fixture("old_style.cjs");
  const { default: { convert } } = await import(url);
  assertEquals(await valueOf({ reference: describeFunction(convert, [url]), args: [2] }), 6);
});

test("a function of a data: URL is found, and named shortly when it is not", async () => {
  const filler = "x".repeat(300);
  const code = `const k = [2]; export function twice(a) { return a * k[0]; } /* ${filler} */`;
  const url = `data:text/javascript,${encodeURIComponent(code)}`;
  const { twice } = await import(url);
  assertEquals(await valueOf({ reference: describeFunction(twice, [url]), args: [21] }), 42);
  const message = await messageOf(requestAt(exported.add, [1, 2], url));
  assertMatch(message, /because data:text\/javascript,.{1,200}… does not export it/);
});

test("the next caller is asked when the nearest does not export it", async () => {
  const reference = describeFunction(exported.arrow, [here]);
  const urls = [fixture("library.ts"), here];
  assertEquals(await valueOf({ reference: { ...reference, urls }, args: [1] }, false), 1_001);
});
