/** What tests say of a report. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Report } from "./explore.ts";

/** Every schedule was looked at, and all is well. */
export function assertProven(report: Report): void {
  assertKept(report);
  assert(report.complete, `the search was cut: ${report.cut}`);
}

/** All is well as far as the search went, which may be bounded by preemptions. */
export function assertKept(report: Report): void {
  const { violation, cut } = report;
  assertEquals(violation?.fact, undefined, `\n${violation?.trace.join("\n")}\n`);
  assert(cut !== "states", "the search was cut, there are too many states");
}

/** A schedule breaks the model; returns it as text. */
export function assertFound({ violation }: Report, fact: RegExp): string {
  assert(violation !== undefined, "no violation was found");
  assertMatch(violation.fact, fact);
  return violation.trace.join("\n");
}
