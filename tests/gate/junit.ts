/** Counting the tests of a JUnit report: the one format that all three runners write. */

import type { Totals } from "./report.ts";

/** Counts the test cases of a report. */
export function countReport(xml: string): Totals {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const [testcase] of xml.matchAll(/<testcase\b[^>]*?(?:\/>|>[\s\S]*?<\/testcase>)/g)) {
    if (/<(?:failure|error)\b/.test(testcase)) total.failed++;
    else if (/<skipped\b/.test(testcase)) total.skipped++;
    else total.passed++;
  }
  return total;
}
