import { assert, assertEquals } from "@std/assert";
import { execFileSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { callerModules, ownFolder } from "../../src/functions/callsites.ts";
import { describeFunction } from "../../src/functions/describe.ts";
import { moduleUrl } from "../../src/functions/location.ts";
import * as calls from "../fixtures/functions/calls.ts";
import { passOn } from "../fixtures/functions/passing.ts";
import { runtimeName, test } from "../support/harness.ts";
import { fixture, inChild } from "./in_child.ts";

const callers = fixture("calls.ts");
const here = import.meta.url;

test("the nearest caller comes first, however it calls", async () => {
  assertEquals(calls.directly()[0], callers);
  assertEquals((await calls.afterAwait())[0], callers);
  assertEquals((await calls.fromTimer())[0], callers);
  assertEquals(calls.insideNative()[0], callers);
  assertEquals(new calls.Caller().urls[0], callers);
});

test("the folder of this package is known as sources and as its npm package, not in others' bundles", () => {
  const folders = {
    "file:///a/src/functions/callsites.ts": "file:///a/src/",
    "https://jsr.io/@x/mp/1.0.0/src/functions/callsites.ts": "https://jsr.io/@x/mp/1.0.0/src/",
    "file:///a/node_modules/@x/mp/x-mp-Y4EPADMU.js": "file:///a/node_modules/@x/mp/",
    "file:///a/dist/app.js": undefined,
    "file:///a/dist/chunk-Y4EPADMU.js": undefined,
  };
  for (const [module, folder] of Object.entries(folders)) {
    assertEquals(ownFolder(module), folder, module);
  }
});

test("callers further out follow, each once", () => {
  const urls = passOn(() => {
    const inner = callerModules();
    return inner.slice();
  })[0]!;
  assertEquals(urls[0], here);
  assertEquals(urls.filter((url) => url === here).length, 1);
  assertEquals(urls[1], fixture("passing.ts"));
});

test("a description takes the caller from the stack", () => {
  const { urls } = describeFunction(function named() {});
  assertEquals(urls[0], here);
});

test("a function is found though the engine dropped the frame of its module", async () => {
  const flags = runtimeName === "deno" ? ["run", "-A", "--no-check"] : [];
  const output = execFileSync(process.execPath, [...flags, fileURLToPath(fixture("tail_main.ts"))]);
  const [answer] = await inChild(JSON.parse(output.toString()));
  assertEquals(answer, { value: 8 });
});

test("Error is left as it was", () => {
  const errors = Error as { prepareStackTrace?: unknown; stackTraceLimit: number };
  const before = Object.getOwnPropertyDescriptors(errors);
  callerModules();
  assertEquals(Object.getOwnPropertyDescriptors(errors), before);
});

test("neither a limit of 0 nor a prepareStackTrace of the user's is in the way", () => {
  const errors = Error as { prepareStackTrace?: unknown; stackTraceLimit: number };
  const had = Object.hasOwn(errors, "prepareStackTrace");
  const { prepareStackTrace, stackTraceLimit } = errors;
  const own = () => "mine";
  try {
    errors.stackTraceLimit = 0;
    errors.prepareStackTrace = own;
    assertEquals(calls.directly()[0], callers);
    assert(errors.prepareStackTrace === own);
    assertEquals(errors.stackTraceLimit, 0);
    errors.stackTraceLimit = 10;
    assertEquals(new Error("x").stack, "mine");
  } finally {
    errors.stackTraceLimit = stackTraceLimit;
    errors.prepareStackTrace = prepareStackTrace;
    if (!had) delete errors.prepareStackTrace;
  }
});

test("where Error is frozen, nobody is known to call", () => {
  const descriptor = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
  const own = () => "mine";
  Object.defineProperty(Error, "prepareStackTrace", {
    configurable: true,
    get: () => own,
    set: undefined,
  });
  try {
    assertEquals(callerModules(), []);
  } finally {
    if (descriptor === undefined) Reflect.deleteProperty(Error, "prepareStackTrace");
    else Object.defineProperty(Error, "prepareStackTrace", descriptor);
  }
});

test("paths and URLs of modules come to one form", () => {
  const cases: [string | undefined, string | undefined][] = [
    ["/a/b.ts", "file:///a/b.ts"],
    ["/a b/ü?#%[x].ts", "file:///a%20b/%C3%BC%3F%23%25[x].ts"],
    ["C:\\a\\b.ts", "file:///C:/a/b.ts"],
    ["file:///a%20b.ts?v=1", "file:///a%20b.ts?v=1"],
    ["https://jsr.io/@x/mp/mod.ts", "https://jsr.io/@x/mp/mod.ts"],
    ["node:internal/timers", undefined],
    ["ext:core/01_core.js", undefined],
    ["[unknown]", undefined],
    ["evalmachine.<anonymous>", undefined],
    [undefined, undefined],
  ];
  for (const [name, url] of cases) assertEquals(moduleUrl(name), url, String(name));
});
