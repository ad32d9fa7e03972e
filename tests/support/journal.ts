/**
 * The journal: which test is running, written where a watcher outside of this process can read it.
 * A test that blocks its thread for ever can be told from a slow one only from there.
 */

import { appendFileSync } from "node:fs";
import process from "node:process";

/** The environment variable that names the journal's file. */
export const JOURNAL = "MP_TEST_JOURNAL";

/** The environment variable that names the file of its report, which is the runtime's. */
export const REPORT = "MP_TEST_REPORT";

/** A line of the journal. */
export type JournalEntry =
  | { event: "start"; test: string; limit: number }
  | { event: "end"; test: string }
  | { event: "skip"; test: string; reason: string };

const file = process.env[JOURNAL];

/** Writes a line, if anybody watches. */
export function note(entry: JournalEntry): void {
  if (file !== undefined) appendFileSync(file, JSON.stringify(entry) + "\n");
}
