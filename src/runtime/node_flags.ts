/**
 * How a Node child is started as its parent was: `execArgv` without what concerns the parent alone. What
 * stands in `--env-file` is in the environment, of which it may have been taken away: it is not read again.
 */
import { entryPath, isWord } from "./flags.ts";
import type { Launch } from "./port.ts";

const DROP =
  /^(-e|--eval|-p|--print|-pe|--input-type|--env-file.*|--test.*|--experimental-test.*|--watch.*|--inspect.*|--cpu-prof.*|--heap-prof.*|--prof|--interactive|-i|--check|-c|--run|--build-sea|--build-snapshot.*|--snapshot-blob|--experimental-sea-config)$/;

/**
 * The arguments of a child that runs `entry` as this process runs its own script.
 *
 * `execArgv` ends before the script and Node takes no value that begins with `-`, so a word in it is
 * the value of the flag before it: no table of flags that take one is needed.
 */
export function nodeLaunchArgs({ entry, ticket }: Launch, execArgv: readonly string[]): string[] {
  const kept: string[] = [];
  let keeps = false;
  for (const argument of execArgv) {
    if (!isWord(argument)) keeps = !DROP.test(argument.split("=", 1)[0]);
    if (keeps) kept.push(argument);
  }
  return [...kept, entryPath(entry), ticket];
}
