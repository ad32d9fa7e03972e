import { assert, assertEquals } from "@std/assert";
import { cut } from "../../bench/demo/cut.ts";
import type { ListedFile } from "../../bench/demo/piece.ts";
import { test } from "../support/harness.ts";

const MIB = 1 << 20;

function filesOf(...sizes: number[]): ListedFile[] {
  return sizes.map((size, index) => ({ path: `${index}`, size, modified: 1 }));
}

test("cut() has each file hashed once and each byte counted once", () => {
  const files = filesOf(0, 1, 5_000, 16 * MIB, 16 * MIB + 1, 100 * MIB, ...Array(3_000).fill(700));
  const batches = cut("/f", files, 2);
  assert(batches.every(({ folder }) => folder === "/f"));
  const pieces = batches.flatMap((batch) => batch.pieces);
  files.forEach(({ path, size }, file) => {
    const own = pieces.filter((piece) => piece.file === file);
    assertEquals(own.filter(({ digest }) => digest).length, 1);
    assert(own.every((piece) => piece.size === size && piece.path === path));
    let counted = 0;
    for (const { from, to } of own.filter(({ to }) => to > 0).sort((a, b) => a.from - b.from)) {
      assertEquals(from, counted);
      counted = to;
    }
    assertEquals(counted, size);
  });
});

test("cut() has the largest pieces first and the smallest last", () => {
  const batches = cut("/f", filesOf(10, 30 * MIB, 5, 2 * MIB, 90 * MIB), 2);
  assertEquals(batches[0].pieces.map(({ file, digest }) => ({ file, digest })), [
    { file: 4, digest: true },
  ]);
  assertEquals(batches[1].pieces.map(({ file, digest }) => ({ file, digest })), [
    { file: 1, digest: true },
  ]);
  const works = batches.flatMap(({ pieces }) => pieces)
    .map(({ digest, size, from, to }) => (digest ? size : 0) + to - from);
  assertEquals(works, works.toSorted((a, b) => b - a));
});

test("cut() puts small files together, and has work for all workers to the end", () => {
  const files = filesOf(...Array(4_000).fill(3_000));
  const batches = cut("/f", files, 4);
  assert(batches.length >= 4 * 10 && batches.length <= 4 * 20, `${batches.length} tasks`);
  const works = batches.slice(0, -1).map(({ work }) => work);
  assert(Math.max(...works) <= 1.1 * Math.min(...works), `${works}`);
});

test("cut() of nothing is nothing", () => {
  assertEquals(cut("/f", [], 2), []);
});
