/**
 * The watcher of a running test file, from outside: it sees what a watchdog inside cannot, a thread
 * that is blocked for ever, a process that does not end, and processes that outlive it.
 */

import type { JournalEntry } from "../support/journal.ts";
import { describeProcess, processes, readProc, treeOf } from "../support/proc.ts";

/** For how long a file may be busy with anything but a test: importing, ending. */
const idleLimit = 60_000;

/** What the watchdog inside and the leak check may need beyond twice a test's own limit. */
const grace = 20_000;

/** The environment variable that marks every process of one test file. */
export const MARK = "MP_TEST_MARK";

/** Reads the journal of a file. */
export function readJournal(path: string): JournalEntry[] {
  const lines = Deno.readTextFileSync(path).split("\n");
  // The last piece is empty, or a line that is just being written.
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}

/** Watches until `ended`; kills the tree and resolves to a report if something hangs. */
export async function watch(
  pid: number,
  journal: string,
  ended: Promise<unknown>,
): Promise<string | undefined> {
  let over = false;
  const end = ended.then(() => (over = true));
  let seen = 0;
  let since = performance.now();
  while (!over) {
    await Promise.race([end, new Promise((resolve) => setTimeout(resolve, 250))]);
    const entries = readJournal(journal);
    if (entries.length !== seen) [seen, since] = [entries.length, performance.now()];
    const last = entries.at(-1);
    const limit = last?.event === "start" ? 2 * last.limit + grace : idleLimit;
    if (over || performance.now() - since < limit) continue;
    const what = last?.event === "start"
      ? `"${last.test}" blocks its thread`
      : "the file does not end, though no test of it is running";
    const tree = treeOf(pid);
    const report = tree.map((entry) => describeProcess(entry.pid)).join("\n");
    killAll(tree.map((entry) => entry.pid));
    return `killed after ${limit} ms: ${what}\n${report}`;
  }
}

/** Waits until no process with this mark is left; kills and reports those that stay. */
export async function reapOrphans(mark: string): Promise<string | undefined> {
  const marked = () =>
    processes().filter(({ pid, state }) =>
      state !== "Z" && readProc(pid, "environ").split("\0").includes(`${MARK}=${mark}`)
    );
  const start = performance.now();
  while (marked().length > 0) {
    if (performance.now() - start > 5_000) {
      const left = marked().map(({ pid }) => pid);
      const report = left.map(describeProcess).join("\n");
      killAll(left);
      return `processes outlived the test file:\n${report}`;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      Deno.kill(pid, "SIGKILL");
    } catch {
      // It was faster.
    }
  }
}
