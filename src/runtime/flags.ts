/**
 * Reading a runtime's own command line: a child is started with the flags of its parent.
 *
 * A table says of each flag whether it is handed on and whether its value may stand in the next
 * argument; what is not handed on concerns the parent alone (`--watch`, `--inspect`, `--test`).
 */

/** `alone`: no value, or one behind `=`. `next`: a value behind `=` or in the next argument. */
export type FlagKind = "alone" | "next" | "drop" | "drop-next";

/** What a walk over a command line finds. */
export interface ParsedFlags {
  /** The flags that a child gets, as they were written. */
  readonly kept: string[];
  /** What is not a flag, in order, up to and with the script. */
  readonly words: string[];
}

/**
 * Walks over the arguments of a runtime, up to its script.
 *
 * @param args Everything behind the program's name.
 * @param kindOf What is to be done with a flag, without its value.
 * @param isScript Whether a word is the script, behind which everything is the script's own.
 */
export function parseFlags(
  args: readonly string[],
  kindOf: (flag: string) => FlagKind,
  isScript: (word: string, before: readonly string[]) => boolean,
): ParsedFlags {
  const kept: string[] = [];
  const words: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const argument = args[i];
    if (argument === "--") break;
    if (isWord(argument)) {
      words.push(argument);
      if (isScript(argument, words.slice(0, -1))) break;
      continue;
    }
    const equals = argument.indexOf("=");
    const kind = kindOf(equals < 0 ? argument : argument.slice(0, equals));
    const keeps = kind === "alone" || kind === "next";
    if (keeps) kept.push(argument);
    const takesNext = equals < 0 && (kind === "next" || kind === "drop-next");
    if (takesNext && i + 1 < args.length && isWord(args[i + 1])) {
      i++;
      if (keeps) kept.push(args[i]);
    }
  }
  return { kept, words };
}

/** Whether an argument is not a flag; `-` alone is a file, standard input. */
export function isWord(argument: string): boolean {
  return !argument.startsWith("-") || argument === "-";
}

/** The path of a `file:` URL; anything else as it is. */
export function entryPath(entry: string): string {
  return entry.startsWith("file:") ? decodeURIComponent(new URL(entry).pathname) : entry;
}
