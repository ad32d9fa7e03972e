/**
 * The watchdog: a test that does not end fails with everything that is known about it.
 *
 * It can bark only while the event loop turns. A test that blocks its thread is noticed from
 * outside, by tests/gate/watch.ts, through the journal.
 */

import process from "node:process";
import { childrenOf, describeProcess } from "./proc.ts";
import { runtimeName } from "./runtime.ts";

const dumps = new Map<string, () => string>();

/** Adds a section to the report about a test that hangs, such as the words of a heap. */
export function registerDump(name: string, describe: () => string): void {
  dumps.set(name, describe);
}

function report(name: string, milliseconds: number): string {
  const lines = [`"${name}" did not end within ${milliseconds} ms on ${runtimeName}`];
  const children = childrenOf(process.pid);
  lines.push(`children: ${children.length}`);
  for (const child of children) lines.push(describeProcess(child.pid));
  for (const [section, describe] of dumps) {
    try {
      lines.push(`${section}:`, describe());
    } catch (error) {
      lines.push(`(no dump: ${error})`);
    }
  }
  return lines.join("\n");
}

/** Runs `body`; rejects with a report, and kills the children, if it takes too long. */
export async function watched(
  name: string,
  milliseconds: number,
  body: () => unknown,
): Promise<void> {
  const { promise: bark, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new Error(report(name, milliseconds));
    for (const { pid } of childrenOf(process.pid)) process.kill(pid, "SIGKILL");
    reject(error);
  }, milliseconds);
  try {
    await Promise.race([body(), bark]);
  } finally {
    clearTimeout(timer);
  }
}
