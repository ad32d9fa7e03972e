import { assertEquals } from "@std/assert";
import { test } from "../support/harness.ts";
import { alone } from "./alone.ts";
import { inLanes } from "./lanes.ts";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Jobs that end when they are told to, and who runs now. */
class Jobs {
  readonly running = new Set<string>();
  readonly #ends = new Map<string, () => void>();

  async act(job: string): Promise<string> {
    this.running.add(job);
    await new Promise<void>((resolve) => this.#ends.set(job, resolve));
    this.running.delete(job);
    return job.toUpperCase();
  }

  /** Ends a job; what follows from that has happened when this resolves. */
  async end(job: string): Promise<string[]> {
    this.#ends.get(job)!();
    await new Promise((resolve) => setTimeout(resolve));
    return [...this.running];
  }
}

test("inLanes() runs so many jobs at a time, and tells of them in their order", async () => {
  const jobs = new Jobs();
  const told: string[] = [];
  const all = inLanes(
    ["a", "b", "c", "d"],
    2,
    (job) => jobs.act(job),
    (job, result) => told.push(job + result),
  );
  assertEquals([...jobs.running], ["a", "b"]);
  assertEquals([await jobs.end("b"), told], [["a", "c"], []]);
  assertEquals([await jobs.end("c"), told], [["a", "d"], []]);
  assertEquals([await jobs.end("a"), told], [["d"], ["aA", "bB", "cC"]]);
  assertEquals([await jobs.end("d"), told], [[], ["aA", "bB", "cC", "dD"]]);
  assertEquals(await all, ["A", "B", "C", "D"]);
});

test("inLanes() with more lanes than jobs, or without jobs, ends", async () => {
  assertEquals(await inLanes([1, 2], 5, (n) => Promise.resolve(n + 1), () => {}), [2, 3]);
  assertEquals(await inLanes([], 2, () => Promise.resolve(1), () => {}), []);
});

test("the files that have the machine for themselves are there", () => {
  const root = new URL("../../", import.meta.url);
  const missing = Object.keys(alone).filter((file) =>
    !existsSync(fileURLToPath(new URL(file, root)))
  );
  assertEquals(missing, []);
});
