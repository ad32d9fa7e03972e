import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { mkdirSync, rmSync } from "node:fs";
import { UsageError } from "../../bench/demo/arguments.ts";
import { demo } from "../../bench/demo/demo.ts";
import type { Screen } from "../../bench/demo/progress.ts";
import { newlines, plant, sha256, TemporaryFolder } from "../fixtures/demo/tree.ts";
import { test } from "../support/harness.ts";

/** Keeps what was written; `onWrite` sees it first. */
class Paper implements Screen {
  readonly isTerminal: boolean;
  readonly columns = 80;
  text = "";
  readonly #onWrite: (text: string) => void;

  constructor(isTerminal = false, onWrite: (text: string) => void = () => {}) {
    this.isTerminal = isTerminal;
    this.#onWrite = onWrite;
  }

  write(text: string): void {
    this.#onWrite(text);
    this.text += text;
  }
}

test("the demo hashes a folder on two workers, and says what a second implementation finds", async () => {
  using folder = new TemporaryFolder();
  const planted = plant(folder);
  const paper = new Paper();
  await demo(folder.path, 2, paper);
  const paths = [...planted.keys()].sort();
  const bytes = paths.reduce((sum, path) => sum + planted.get(path)!.length, 0);
  const lines = paths.reduce((sum, path) => sum + newlines(planted.get(path)!), 0);
  const digests = paths.map((path) => `${sha256(planted.get(path)!)}  ${path}\n`).join("");
  const { text } = paper;
  assertStringIncludes(text, `found   43 files in 6 folders`);
  assertStringIncludes(text, "3 symbolic links not followed");
  assertStringIncludes(text, "files   43 (all read)\n");
  assertStringIncludes(text, `bytes   ${bytes.toLocaleString("en-US")}\n`);
  assertStringIncludes(text, `lines   ${lines.toLocaleString("en-US")}\n`);
  assertStringIncludes(text, `sha256  ${sha256(digests)}`);
  const [, table] = text.split("the largest files\n");
  const rows = table.split("\n\n")[0].split("\n");
  assertEquals(rows.length, 10);
  assertMatch(rows[0], /^700,000 .* large$/);
  assertStringIncludes(rows[0], sha256(planted.get("large")!).slice(0, 16));
  assertMatch(rows[1], / many\/3\/39\.bin$/);
  assertMatch(text, /2 workers are [\d.]+ × as fast as 1|too little work for a speed-up/);
});

test("what vanishes after it was listed is one line, and the rest goes on", async () => {
  using folder = new TemporaryFolder();
  const planted = plant(folder);
  const paper = new Paper(false, (text) => {
    if (text.startsWith("found")) rmSync(`${folder.path}/large`);
  });
  await demo(folder.path, 1, paper);
  const said = paper.text.split("\n").filter((line) => line.startsWith("cannot read"));
  assertEquals(said, ["cannot read large: it is not there (ENOENT)"]);
  assertStringIncludes(paper.text, `files   ${planted.size - 1} (1 not read, see above)`);
});

test("a file name cannot break a line or reach the terminal", async () => {
  using folder = new TemporaryFolder();
  folder.write("a\n\x1b[2Jb", "x");
  const paper = new Paper();
  await demo(folder.path, 1, paper);
  assert(!paper.text.includes("\x1b"));
  assertStringIncludes(paper.text, '"a\\n\\u001b[2Jb"');
});

test("on a terminal there is a bar that is written over, elsewhere there are lines", async () => {
  using folder = new TemporaryFolder();
  plant(folder);
  const [terminal, file] = [new Paper(true), new Paper()];
  await demo(folder.path, 1, terminal);
  await demo(folder.path, 1, file);
  assertStringIncludes(terminal.text, "\r░");
  assertMatch(terminal.text, /█ 100 %/);
  assert(!file.text.includes("\r") && !file.text.includes("█"));
  assertMatch(file.text, /^100 % {2}/m);
  const after = (text: string) => text.slice(text.indexOf("files   "));
  assertEquals(after(terminal.text), after(file.text));
});

test("an empty folder is said to be empty, and starts no process", async () => {
  using folder = new TemporaryFolder();
  mkdirSync(`${folder.path}/inner`);
  const paper = new Paper();
  await demo(folder.path, 2, paper);
  assertStringIncludes(paper.text, "found   0 files in 2 folders");
  assertStringIncludes(paper.text, "There is no file to hash");
});

test("a missing folder, and a file instead of a folder, are one sentence", async () => {
  using folder = new TemporaryFolder();
  folder.write("file", "x");
  const paper = new Paper();
  const missing = await assertRejects(
    () => demo(`${folder.path}/missing`, 2, paper),
    UsageError,
  );
  assertEquals(
    missing.message,
    `Cannot hash "${folder.path}/missing": it is not there (ENOENT)`,
  );
  const file = await assertRejects(() => demo(`${folder.path}/file`, 2, paper), UsageError);
  assertEquals(file.message, `Cannot hash "${folder.path}/file": it is a file, not a folder`);
  assertEquals(paper.text, "");
});
