import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { counted, grouped, median, sized } from "../../bench/demo/format.ts";
import type { Batch } from "../../bench/demo/piece.ts";
import { compare, sample } from "../../bench/demo/speedup.ts";
import { speedUpText } from "../../bench/demo/summary.ts";
import { test } from "../support/harness.ts";

test("numbers are written for readers", () => {
  assertEquals([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
  assertEquals([sized(0), sized(1), sized(12_345_678)], ["0 bytes", "1 byte", "12.3 MB"]);
  assertEquals([counted(1, "file"), counted(2_000, "file")], ["1 file", "2,000 files"]);
  assertEquals([median([3, 1, 2]), median([4, 1, 2, 3])], [2, 2.5]);
});

test("both ways are timed equally often, in turn, after a pass of each that does not count", async () => {
  const calls: string[] = [];
  const { one, all } = await compare(
    () => Promise.resolve(calls.push("one")),
    () => Promise.resolve(calls.push("all")),
  );
  assertEquals(one.length, all.length);
  assertEquals(calls.length, 2 + one.length + all.length);
  assertEquals(calls.slice(0, 6), ["one", "all", "one", "all", "all", "one"]);
});

test("of a folder that takes long, every n-th task is timed", () => {
  const batches: Batch[] = Array.from({ length: 100 }, (_, i) => ({
    folder: "/f",
    pieces: [],
    work: i,
  }));
  assertEquals(sample(batches, 2_999).every, 1);
  const { batches: chosen, every } = sample(batches, 12_000);
  assertEquals(every, 4);
  assertEquals(chosen.map(({ work }) => work), Array.from({ length: 25 }, (_, i) => 4 * i));
});

test("the speed-up is the ratio of the medians, with every time beside it", () => {
  const text = speedUpText({ one: [200, 210, 190], all: [101, 99, 500], speedUp: 1.98 }, 2, 1);
  assertStringIncludes(text, "all of this again, 3 times each in turn");
  assertMatch(text, /^1 worker +200 ms {2}\(200 210 190\)$/m);
  assertMatch(text, /^2 workers +101 ms {2}\(101 99\.0 500\)$/m);
  assertStringIncludes(text, "2 workers are 1.98 × as fast as 1");
  assertStringIncludes(
    speedUpText({ one: [200], all: [100], speedUp: 2 }, 2, 7),
    "one in 7 of these tasks again",
  );
});

test("a ratio of next to nothing is not told", () => {
  const text = speedUpText({ one: [1.2], all: [1.6], speedUp: 0.75 }, 2, 1);
  assertEquals(text, "too little work for a speed-up: 1 worker takes 1.2 ms");
});
