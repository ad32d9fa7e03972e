import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import { ProcessError, UnsupportedError } from "../../src/errors.ts";
import { COLLECTABLE } from "../fixtures/conformance/collect.ts";
import type { CyclesReport } from "../fixtures/conformance/cycles_child.ts";
import { platform, runtime } from "../fixtures/conformance/ground.ts";
import type { Outcomes } from "../fixtures/conformance/late_use_child.ts";
import { runtimeName, test } from "../support/harness.ts";
import { ask } from "./children.ts";

const flags = COLLECTABLE[runtimeName];

test("10,000 times map and unmap leave memory, mappings and descriptors as they were", async () => {
  const report = await ask<CyclesReport>("cycles_child.ts", { cycles: 10_000 }, { flags });
  const [descriptors, mappings, resident] = [report.descriptors, report.mappings, report.resident]
    .map(([before, after]) => after - before);
  assertEquals([report.wrong, descriptors], [0, 0]);
  // Engines map and touch memory of their own; what was mapped here is 10,000 mappings of 16 KiB.
  assertLess(mappings, 100);
  assertLess(resident, 32 * 2 ** 20);
});

test("views survive garbage collection, and take nothing with them", async () => {
  assertEquals(await ask<string[]>("survivors_child.ts", {}, { flags }), []);
});

test("late use of an unmapped view is an error or undefined, never a crash", async () => {
  const outcomes = await ask<Outcomes>("late_use_child.ts", {});
  const harmless = ["undefined", "error", "0", "NaN", "-1"];
  for (const [use, outcome] of Object.entries(outcomes)) {
    assert(harmless.includes(outcome), `${use}: ${outcome}`);
  }
  assertEquals(outcomes["array[0]"], "undefined");
  assertEquals(outcomes["subarray[0]"], "undefined");
  assertEquals(outcomes["DataView.getInt8()"], "error");
});

test("Mapping.buffer says that it is unmapped", () => {
  const segment = platform.createSegment(platform.pageSize);
  const mapping = platform.map(segment, 0, platform.pageSize);
  assertEquals(mapping.buffer.byteLength, platform.pageSize);
  mapping.unmap();
  assertThrows(() => mapping.buffer, ProcessError, "it is unmapped");
  mapping.unmap();
  platform.close(segment);
});

test("two mappings of the same range are the same memory", () => {
  const segment = platform.createSegment(2 * platform.pageSize);
  const whole = platform.map(segment, 0, 2 * platform.pageSize);
  const second = platform.map(segment, platform.pageSize, platform.pageSize);
  new Float64Array(second.buffer)[1] = Math.PI;
  assertEquals(new Float64Array(whole.buffer)[platform.pageSize / 8 + 1], Math.PI);
  whole.unmap();
  assertEquals(new Float64Array(second.buffer)[1], Math.PI);
  second.unmap();
  platform.close(segment);
});

test("a view may be as large as the runtime says, and no larger", () => {
  const { largestView } = runtime;
  const segment = platform.createSegment(2 * largestView);
  const mapping = platform.map(segment, largestView, largestView);
  const bytes = new Uint8Array(mapping.buffer);
  bytes[0] = 1;
  bytes[largestView - 1] = 2;
  assertEquals([bytes.length, bytes[0], bytes[largestView - 1]], [largestView, 1, 2]);
  mapping.unmap();
  assertThrows(
    () => platform.map(segment, 0, 2 * largestView),
    UnsupportedError,
    `asked for ${2 * largestView} bytes`,
  );
  platform.close(segment);
});

test("the address of a view's first byte is that of its mapping", () => {
  const segment = platform.createSegment(platform.pageSize);
  const mapping = platform.map(segment, 0, platform.pageSize);
  assertEquals(mapping.address % platform.pageSize, 0);
  assertEquals(runtime.addressOf(new Uint8Array(mapping.buffer)), mapping.address);
  assertEquals(runtime.addressOf(new Uint8Array(mapping.buffer, 24)), mapping.address + 24);
  mapping.unmap();
  platform.close(segment);
});
