/** What is said of a task whose worker has died under it. */
import { ProcessDiedError } from "../errors.ts";
import { quoted } from "../functions/reference.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { endingInWords } from "../process/outcome.ts";
import { TASK } from "../tasks/layout.ts";
import { referenceAt } from "./functions.ts";

/**
 * The error of one task.
 *
 * @param record Which; its function may be one that travelled with it, and nobody can tell any more.
 * @param death How its worker ended.
 */
export function lossOf(
  member: Member,
  pool: WordIndex,
  record: WordIndex,
  death: ProcessDiedError,
): ProcessDiedError {
  const { pid, exitCode, signal, cause } = death;
  const reference = referenceAt(member, pool, member.heap.plain.get(record + TASK.functionId));
  const task = reference && quoted(reference);
  const who = pid === undefined ? "a worker of the pool" : `process ${pid}, a worker of the pool,`;
  return new ProcessDiedError(
    `Cannot finish ${task ?? "a task"}: ${who} ${endingInWords(exitCode, signal)}`,
    { pid, exitCode, signal, task },
    cause === undefined ? undefined : { cause },
  );
}
