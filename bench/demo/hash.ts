/** The main thing: every file of a list, over a pool. */
import type { Pool } from "../../mod.ts";
import { measure } from "./measure.ts";
import type { Batch, ListedFile, Trouble } from "./piece.ts";
import { Tally } from "./tally.ts";

/** Who is told while it goes on. */
export interface Watcher {
  /** More work is done, in bytes. */
  advance(work: number): void;
  /** Something could not be read. */
  report(trouble: Trouble): void;
}

/** Hashes files on a pool, in tasks that were cut before. */
export async function hash(
  pool: Pool,
  files: readonly ListedFile[],
  batches: readonly Batch[],
  watcher?: Watcher,
): Promise<Tally> {
  const tally = new Tally(files, batches);
  for await (const { findings, work } of pool.imapUnordered(measure, batches)) {
    for (const finding of findings) {
      const trouble = tally.add(finding);
      if (trouble !== undefined) watcher?.report(trouble);
    }
    watcher?.advance(work);
  }
  return tally;
}
