/**
 * What an example prints, as it is said beside it: line by line, where `…` stands for anything and
 * `in any order` says that what several processes print may be mixed.
 */

/** What is expected. */
export interface ExpectedOutput {
  readonly lines: readonly string[];
  readonly inAnyOrder: boolean;
}

/** Whether a program has printed that, and nothing else. */
export function isPrinted({ lines, inAnyOrder }: ExpectedOutput, printed: string): boolean {
  const rest = printed.trimEnd().split("\n").map((line) => line.trimEnd());
  if (rest.length !== lines.length) return false;
  if (!inAnyOrder) return lines.every((line, i) => patternOf(line).test(rest[i]));
  // Those with fewer gaps first: one that fits everything must not take what another needs.
  return lines.toSorted((a, b) => gaps(a) - gaps(b)).every((line) => {
    const at = rest.findIndex((text) => patternOf(line).test(text));
    if (at >= 0) rest.splice(at, 1);
    return at >= 0;
  });
}

function gaps(line: string): number {
  return line.split("…").length - 1;
}

function patternOf(line: string): RegExp {
  return new RegExp(`^${line.trimEnd().split("…").map(RegExp.escape).join(".*")}$`);
}
