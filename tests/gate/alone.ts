/**
 * Test files that have the machine for themselves; all others run several at a time, since each
 * waits for facts and none asserts how fast something is.
 */

/** The files, each with its reason. */
export const alone: Readonly<Record<string, string>> = {
  "tests/conformance/litmus_test.ts": "two processes must really run at once to show a wrong order",
};
