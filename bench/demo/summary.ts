/** What the demo says at its end. */
import { counted, grouped, median, printable } from "./format.ts";
import type { Comparison } from "./speedup.ts";
import type { Totals } from "./tally.ts";

/** How many of the largest files are shown. */
const LARGEST = 10;
/** How long the work must take for a ratio to say something, in ms. */
const LEAST = 50;

/** The totals. */
export function totalsText({ files, bytes, lines, sha256 }: Totals, unread: number): string {
  const read = unread === 0 ? "all read" : `${grouped(unread)} not read, see above`;
  return [
    `files   ${grouped(files.length)} (${read})`,
    `bytes   ${grouped(bytes)}`,
    `lines   ${grouped(lines)}`,
    `sha256  ${sha256}, of all digests and paths`,
  ].join("\n");
}

/** The largest files. */
export function largestText({ files }: Totals): string {
  const largest = [...files].sort((a, b) => b.bytes - a.bytes).slice(0, LARGEST);
  const rows = largest.map(({ bytes, lines, sha256, path }) => [
    grouped(bytes),
    grouped(lines),
    sha256.slice(0, 16),
    printable(path),
  ]);
  const all = [["bytes", "lines", "sha256", "the largest files"], ...rows];
  const width = (column: number) => Math.max(...all.map((row) => row[column].length));
  const [first, second, third] = [width(0), width(1), width(2)];
  return all.map(([bytes, lines, sha256, path]) =>
    [bytes.padStart(first), lines.padStart(second), sha256.padEnd(third), path].join("  ")
  ).join("\n");
}

/** The speed-up, and what was measured: everything, or every n-th task. */
export function speedUpText(
  { one, all, speedUp }: Comparison,
  workers: number,
  every: number,
): string {
  if (median(one) < LEAST) {
    return `too little work for a speed-up: 1 worker takes ${milliseconds(median(one))} ms`;
  }
  const what = every === 1 ? "all of this" : `one in ${every} of these tasks`;
  const row = (name: string, times: readonly number[]) =>
    `${name.padEnd(12)}${milliseconds(median(times)).padStart(8)} ms  (${
      times.map(milliseconds).join(" ")
    })`;
  return [
    `speed-up: ${what} again, ${counted(one.length, "time")} each in turn; median (each time);`,
    "the files in the page cache, the workers started before",
    row("1 worker", one),
    row(`${workers} workers`, all),
    `${workers} workers are ${speedUp.toFixed(2)} × as fast as 1`,
  ].join("\n");
}

function milliseconds(time: number): string {
  return time.toFixed(time < 100 ? 1 : 0);
}
