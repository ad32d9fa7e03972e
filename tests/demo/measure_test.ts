import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, rmSync, symlinkSync, utimesSync } from "node:fs";
import { cut } from "../../bench/demo/cut.ts";
import { list } from "../../bench/demo/list.ts";
import { measure } from "../../bench/demo/measure.ts";
import type { Piece } from "../../bench/demo/piece.ts";
import { Tally } from "../../bench/demo/tally.ts";
import {
  contents,
  makeSparse,
  newlines,
  plant,
  sha256,
  TemporaryFolder,
} from "../fixtures/demo/tree.ts";
import { test } from "../support/harness.ts";

/** The one piece of a folder with one small file, as it is now. */
function onlyPiece(folder: TemporaryFolder): Piece {
  const [{ pieces: [piece] }] = cut(folder.path, list(folder.path).files, 1);
  return piece;
}

function problemOf(folder: TemporaryFolder, piece: Piece): string {
  const [finding] = measure({ folder: folder.path, pieces: [piece], work: 1 }).findings;
  assert("problem" in finding, `read, but should not have been: ${JSON.stringify(finding)}`);
  return finding.problem;
}

test("measure() hashes and counts as a second implementation does", () => {
  using folder = new TemporaryFolder();
  const planted = plant(folder);
  const { files } = list(folder.path);
  const batches = cut(folder.path, files, 2);
  const tally = new Tally(files, batches);
  for (const batch of batches) {
    const { findings, work } = measure(batch);
    assertEquals(work, batch.work);
    for (const finding of findings) assertEquals(tally.add(finding), undefined);
  }
  const expected = [...planted].sort(([a], [b]) => a < b ? -1 : 1).map(([path, bytes]) => ({
    path,
    bytes: bytes.length,
    lines: newlines(bytes),
    sha256: sha256(bytes),
  }));
  const totals = tally.totals();
  assertEquals(totals.files, expected);
  assertEquals(totals.lines, expected.reduce((sum, { lines }) => sum + lines, 0));
  const digests = expected.map(({ sha256, path }) => `${sha256}  ${path}\n`).join("");
  assertEquals(totals.sha256, sha256(digests));
});

test("the pieces of a large file make up the file", () => {
  using folder = new TemporaryFolder();
  const size = 17 * (1 << 20) + 3;
  const beginning = contents(1, 9 * (1 << 20));
  makeSparse(`${folder.path}/large`, beginning, size);
  const { files } = list(folder.path);
  const batches = cut(folder.path, files, 2);
  assert(batches.length > 2);
  const tally = new Tally(files, batches);
  for (const batch of batches.toReversed()) measure(batch).findings.forEach((f) => tally.add(f));
  const whole = new Uint8Array(size);
  whole.set(beginning);
  const [file] = tally.totals().files;
  assertEquals(file, {
    path: "large",
    bytes: size,
    lines: newlines(beginning),
    sha256: sha256(whole),
  });
});

test("a file that has vanished is a problem", () => {
  using folder = new TemporaryFolder();
  folder.write("a", "x");
  const piece = onlyPiece(folder);
  const path = `${folder.path}/a`;
  rmSync(path);
  assertEquals(problemOf(folder, piece), "it is not there (ENOENT)");
});

test("a file that has changed since it was listed is a problem", () => {
  using folder = new TemporaryFolder();
  folder.write("a", "x");
  const piece = onlyPiece(folder);
  const path = `${folder.path}/a`;
  appendFileSync(path, "y");
  assertEquals(problemOf(folder, piece), "it has changed since it was listed");
});

test("a file that was touched since it was listed is a problem, although its size is the same", () => {
  using folder = new TemporaryFolder();
  folder.write("a", "x");
  const piece = onlyPiece(folder);
  const path = `${folder.path}/a`;
  utimesSync(path, 1_000, 1_000);
  assertEquals(problemOf(folder, piece), "it has changed since it was listed");
});

test("a file that became a link, a folder or a pipe is a problem, and is not waited for", () => {
  using folder = new TemporaryFolder();
  folder.write("a", "x");
  const piece = onlyPiece(folder);
  const path = `${folder.path}/a`;
  rmSync(path);
  symlinkSync("/dev/zero", path);
  assertStringIncludes(problemOf(folder, piece), "it is a symbolic link by now");
  rmSync(path);
  mkdirSync(path);
  assertStringIncludes(problemOf(folder, piece), "changed since it was listed");
  rmSync(path, { recursive: true });
  execFileSync("mkfifo", [path]);
  assertStringIncludes(problemOf(folder, piece), "changed since it was listed");
});

test("a problem of a file is told once, and the file is not among the results", () => {
  using folder = new TemporaryFolder();
  makeSparse(`${folder.path}/large`, new Uint8Array(1), 20 << 20);
  folder.write("small", "x\n");
  const { files } = list(folder.path);
  const batches = cut(folder.path, files, 2);
  const tally = new Tally(files, batches);
  rmSync(`${folder.path}/large`);
  const troubles = batches.flatMap((batch) => measure(batch).findings)
    .map((finding) => tally.add(finding))
    .filter((trouble) => trouble !== undefined);
  assertEquals(troubles, [{ path: "large", problem: "it is not there (ENOENT)" }]);
  assertEquals(tally.totals().files.map(({ path }) => path), ["small"]);
});
