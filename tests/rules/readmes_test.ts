import { assertEquals } from "@std/assert";
import { existsSync, readdirSync } from "node:fs";
import { posix } from "node:path";
import { test } from "../support/harness.ts";
import { read, root } from "./files.ts";

/** Every file of the project, relative to the root; nothing that is made or hidden. */
function files(folder = ""): string[] {
  return readdirSync(root + folder, { withFileTypes: true }).flatMap((entry) => {
    const path = folder + entry.name;
    if (!entry.isDirectory()) return [path];
    return /^\.|^node_modules$|^dist$/.test(entry.name) ? [] : files(`${path}/`);
  });
}

/** Without what is fenced: there the files are the user's. */
function prose(path: string): string {
  return read(path).replace(/^```[^]*?^```$/gm, "");
}

const all = files();
const texts = all.filter((path) => path.endsWith(".md"));

/** Where what a text is about lies: in its folder, in that of its tests, among the storms. */
function near(text: string): string[] {
  const folder = `${posix.dirname(text)}/`;
  if (folder === "./") return [""];
  const more = folder === "src/manager/" ? ["src/proxies/"] : [];
  return [folder, folder.replace("src/", "tests/"), "tests/stress/", ...more];
}

/** Whether a name is that of a file: with its folder of any, without it of one that lies near. */
function isThere(text: string, name: string): boolean {
  const starts = name.includes("/") ? [""] : near(text);
  return all.some((path) =>
    path === name || path.endsWith(`/${name}`) && starts.some((start) => path.startsWith(start))
  );
}

test("every file that a README names is there", () => {
  const missing = texts.flatMap((text) =>
    [...prose(text).matchAll(/`((?:\w[\w.]*\/)*[a-z][\w.]*\.(?:ts|json|svg|md))`/g)]
      .filter(([, name]) => !isThere(text, name)).map(([, name]) => `${name}, in ${text}`)
  );
  assertEquals(missing, []);
});

test("everything that a README links to is there", () => {
  const missing = texts.flatMap((text) =>
    [...prose(text).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)]
      .filter(([, target]) => !existsSync(root + posix.join(posix.dirname(text), target)))
      .map(([, target]) => `${target}, in ${text}`)
  );
  assertEquals(missing, []);
});
