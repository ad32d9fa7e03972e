/** The demo on whatever runtime this is: hashes a folder, then measures the speed-up. */
import { realpathSync, statSync } from "node:fs";
import process from "node:process";
import { cpuCount, Pool } from "../../mod.ts";
import { parseArguments, UsageError } from "./arguments.ts";
import { cut } from "./cut.ts";
import { counted, printable, sized } from "./format.ts";
import { hash } from "./hash.ts";
import { list } from "./list.ts";
import type { Trouble } from "./piece.ts";
import { problemOf } from "./problem.ts";
import { Progress, type Screen } from "./progress.ts";
import { compare, sample } from "./speedup.ts";
import { largestText, speedUpText, totalsText } from "./summary.ts";

/** Hashes everything below a folder and shows what came of it. */
export async function demo(folder: string, workers: number, screen: Screen): Promise<void> {
  const print = (text = "") => screen.write(`${text}\n`);
  const root = checkedFolder(folder);
  const { files, folders, links, others, troubles } = list(root);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const skipped = [
    links > 0 ? `${counted(links, "symbolic link")} not followed` : "",
    others > 0 ? `${counted(others, "special file")} not opened` : "",
  ].filter((text) => text !== "").join(", ");
  print(`folder  ${printable(root)}`);
  print(
    `found   ${counted(files.length, "file")} in ${counted(folders, "folder")}, ` +
      sized(bytes) + (skipped === "" ? "" : ` (${skipped})`),
  );
  print(`with    ${runtimeText()}, ${counted(workers, "worker")}`);
  print();
  for (const trouble of troubles) print(troubleText(trouble));
  if (files.length === 0) return print("There is no file to hash");

  const batches = cut(root, files, workers);
  const work = batches.reduce((sum, batch) => sum + batch.work, 0);
  await using all = new Pool(workers);
  const progress = new Progress(screen, work, bytes);
  const start = performance.now();
  let unread = 0;
  const tally = await hash(all, files, batches, {
    advance: (work) => progress.advance(work),
    report(trouble) {
      unread++;
      progress.line(troubleText(trouble));
    },
  }).finally(() => progress.end());
  const again = sample(batches, performance.now() - start);
  const totals = tally.totals();
  print();
  print(totalsText(totals, unread));
  if (totals.files.length > 0) print(`\n${largestText(totals)}`);
  if (workers === 1) return;
  await using one = new Pool(1);
  const comparison = await compare(
    () => hash(one, files, again.batches),
    () => hash(all, files, again.batches),
  );
  print(`\n${speedUpText(comparison, workers, again.every)}`);
}

function troubleText({ path, problem }: Trouble): string {
  return `cannot read ${printable(path)}: ${problem}`;
}

/** The folder itself, if it is one: a link that the user named is followed. */
function checkedFolder(folder: string): string {
  try {
    if (statSync(folder).isDirectory()) return realpathSync(folder);
  } catch (error) {
    throw new UsageError(`Cannot hash "${folder}": ${problemOf(error)}`);
  }
  throw new UsageError(`Cannot hash "${folder}": it is a file, not a folder`);
}

function runtimeText(): string {
  const { deno, bun, node } = process.versions;
  return deno !== undefined ? `Deno ${deno}` : bun !== undefined ? `Bun ${bun}` : `Node ${node}`;
}

const terminal: Screen = {
  isTerminal: process.stdout.isTTY === true,
  columns: process.stdout.columns || 80,
  write: (text) => void process.stdout.write(text),
};

if (import.meta.main) {
  // Nobody reads on, as behind `| head`.
  process.stdout.on("error", () => process.exit(1));
  try {
    const { folder, workers } = parseArguments(process.argv.slice(2));
    if (folder === undefined) throw new UsageError("Cannot hash a folder: none was named");
    await demo(folder, workers ?? cpuCount(), terminal);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
