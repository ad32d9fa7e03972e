import { assert, assertEquals } from "@std/assert";
import { execFileSync } from "node:child_process";
import { list } from "../../bench/demo/list.ts";
import { plant, TemporaryFolder } from "../fixtures/demo/tree.ts";
import { test } from "../support/harness.ts";

test("list() finds every regular file, sorted by path, and follows no link", () => {
  using folder = new TemporaryFolder();
  const planted = plant(folder);
  const { files, folders, links, others, troubles } = list(folder.path);
  assertEquals(files.map(({ path }) => path), [...planted.keys()].sort());
  for (const { path, size, modified } of files) {
    assertEquals(size, planted.get(path)!.length);
    assert(modified > 0);
  }
  assertEquals({ folders, links, others }, { folders: 6, links: 3, others: 0 });
  assertEquals(troubles, []);
});

test("list() counts what is neither file nor folder nor link", () => {
  using folder = new TemporaryFolder();
  execFileSync("mkfifo", [`${folder.path}/pipe`]);
  const { files, others } = list(folder.path);
  assertEquals(files, []);
  assertEquals(others, 1);
});

test("list() names a folder that is not there, and does not throw", () => {
  using folder = new TemporaryFolder();
  const { files, troubles } = list(`${folder.path}/missing`);
  assertEquals(files, []);
  assertEquals(troubles, [{ path: ".", problem: "it is not there (ENOENT)" }]);
});
