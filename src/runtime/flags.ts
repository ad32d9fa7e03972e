/**
 * Reading a runtime's own command line: a child is started with the flags of its parent.
 *
 * A table says of each flag that is handed on whether its value may stand in the next argument;
 * what is not in the table concerns the parent alone (`--watch`, `--inspect`, `--test`).
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
    if (!argument.startsWith("-") || argument === "-") {
      words.push(argument);
      if (isScript(argument, words.slice(0, -1))) break;
      continue;
    }
    const equals = argument.indexOf("=");
    const kind = kindOf(equals < 0 ? argument : argument.slice(0, equals));
    const takesNext = equals < 0 && (kind === "next" || kind === "drop-next");
    if (kind === "alone" || kind === "next") kept.push(argument);
    if (takesNext && i + 1 < args.length) {
      i++;
      if (kind === "next") kept.push(args[i]);
    }
  }
  return { kept, words };
}
