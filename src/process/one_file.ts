/**
 * Programs that are one file: compiled, or bundled together with this package. Their children find no
 * module to begin with, and run the program itself.
 */
import { ProcessError } from "../errors.ts";
import { currentPlatform } from "../platform/current.ts";
import { currentRuntime } from "../runtime/current.ts";
import { entryPath } from "../runtime/flags.ts";
import { oneState } from "../runtime/one_state.ts";

/** The module that children begin with. */
export const CHILD_ENTRY: string = new URL("./child.ts", import.meta.url).href;

const state = oneState("one file 1", () => ({ canBeChild: false }));

let answer: boolean | undefined;

/** Whether this program is one file. */
export function isOneFile(): boolean {
  return answer ??= currentRuntime().standalone || isBundled();
}

function isBundled(): boolean {
  return CHILD_ENTRY.startsWith("file:") && !currentPlatform().exists(entryPath(CHILD_ENTRY));
}

/** The program has called `freezeSupport()`: run once more, it can be a child. */
export function noteFreezeSupport(): void {
  state.canBeChild = true;
}

/**
 * @throws {ProcessError} if children would run a bundled program that does not let them be children. A compiled
 * one is not asked: it may start processes before, which then say so.
 */
export function assertCanBeChild(): void {
  if (state.canBeChild || currentRuntime().standalone) return;
  const file = entryPath(import.meta.url);
  throw new ProcessError(
    `Cannot start a process: "${file}" is a bundle that contains this package, and children find ` +
      "no module to begin with; keep the package out of the bundle (esbuild: --external:@x/mp), " +
      "or register functions with task() and call await freezeSupport() before anything else",
  );
}
