import { assertEquals } from "@std/assert";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { type RuntimeName, runtimeName, test } from "../support/harness.ts";
import { run } from "./program.ts";

const MOD = new URL("../../mod.ts", import.meta.url).href;

/** Prints what a child, one whose parent has gone elsewhere, and a grandchild find. */
const main = `
import process from "node:process";
import { isMainProcess, Process } from ${JSON.stringify(MOD)};
import { find } from "./find.ts";
import { go } from "./go.ts";

export async function nested(folder) {
  go(folder);
  return await new Process(find, { args: [], cwd: ".." }).start().result;
}

if (isMainProcess() && process.argv[2] === "early") {
  go("else");
  console.log(JSON.stringify(await new Process(find).start().result));
} else if (isMainProcess()) {
  console.log(JSON.stringify(find()));
  console.log(JSON.stringify(await new Process(find, { cwd: "else/where" }).start().result));
  console.log(JSON.stringify(await new Process(nested, { args: ["where"], cwd: "else" }).start().result));
  go("else");
  console.log(JSON.stringify(await new Process(find).start().result));
  console.log(JSON.stringify(await new Process(find, { cwd: "where" }).start().result));
}
`;
const folders = ["", "/else/where", "/else", "/else", "/else/where"];

interface Project {
  readonly files: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  readonly finds: unknown;
}

function finds(on: RuntimeName, what: string, { files, args, env, finds }: Project): void {
  if (on !== runtimeName) return;
  test(`wherever a child works, ${what} means what it means to its parent`, async () => {
    const root = realpathSync(mkdtempSync(`${tmpdir()}/mp-`));
    try {
      const all = { "else/where/file": "", "go.ts": `${GO}`, "main.ts": main, ...files };
      for (const [path, text] of Object.entries(all)) {
        mkdirSync(`${root}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
        writeFileSync(`${root}/${path}`, text);
      }
      const { code, stdout, stderr } = await run(process.execPath, [...args, "main.ts"], {
        cwd: root,
        env,
      });
      assertEquals([code, stderr], [0, ""], stdout + stderr);
      // Before anything is shared or started, too.
      const early = await run(process.execPath, [...args, "main.ts", "early"], { cwd: root, env });
      assertEquals([early.stdout, early.stderr], [
        `${JSON.stringify([`${root}/else`, finds])}\n`,
        "",
      ]);
      assertEquals(
        stdout.trim().split("\n").map((line) => JSON.parse(line)),
        folders.map((folder) => [root + folder, finds]),
      );
    } finally {
      rmSync(root, { recursive: true });
    }
  });
}

const GO = `import process from "node:process"; export const go = (to) => process.chdir(to);`;

finds("node", "a flag with a path, or with the name of a package,", {
  files: {
    "package.json": `{ "type": "module" }`,
    "node_modules/hook/package.json": `{ "name": "hook", "exports": "./it.mjs", "type": "module" }`,
    "node_modules/hook/it.mjs": "globalThis.found.push('package');",
    "before.mjs": "globalThis.found.push('path');",
    "other.cjs": "globalThis.first = 'required';",
    "options.mjs": "globalThis.found = ['NODE_OPTIONS'];",
    "of.env": "FROM_FILE=environment",
    "find.ts": `export const find = () =>
      [process.cwd(), [...globalThis.found, globalThis.first, process.env.FROM_FILE]];`,
  },
  args: ["--import", "hook", "--import=./before.mjs", "-r", "./other.cjs", "--env-file=of.env"],
  env: { NODE_OPTIONS: "--import ./options.mjs" },
  finds: ["NODE_OPTIONS", "package", "path", "required", "environment"],
});

finds("bun", "a flag with a path", {
  files: {
    "before.ts": "globalThis.found = ['path'];",
    "config/bunfig.toml": `preload = ["./configured.ts"]`,
    "configured.ts": "globalThis.configured = 'configured';",
    "of.env": "FROM_FILE=environment",
    "find.ts": `export const find = () =>
      [process.cwd(), [...globalThis.found, globalThis.configured, process.env.FROM_FILE]];`,
  },
  args: ["--preload", "./before.ts", "--config=config/bunfig.toml", "--env-file=of.env"],
  finds: ["path", "configured", "environment"],
});

finds("bun", "the configuration that is found", {
  files: {
    "bunfig.toml": `preload = ["./configured.ts"]`,
    "configured.ts": "globalThis.configured = 'configured';",
    ".env": "FROM_FILE=environment",
    "else/.env": "FROM_FILE=another",
    "find.ts": `export const find = () =>
      [process.cwd(), [globalThis.configured, process.env.FROM_FILE]];`,
  },
  args: [],
  finds: ["configured", "environment"],
});

const reading = `
  import { value } from "#mapped";
  const state = (path) => Deno.permissions.querySync({ name: "read", path }).state;
  const root = import.meta.dirname;
  export const find = () =>
    [process.cwd(), [value, state(root + "/data/a"), state(root + "/secret"), Deno.env.get("FROM_FILE")]];
`;
const FEW = ["--allow-ffi", "--allow-run", "--allow-env"];
const deno = ["run", "--no-prompt", "--no-lock"];

for (
  const [what, flags] of [
    ["a flag with a path", [
      "--config",
      "settings/deno.json",
      ...FEW,
      "--allow-read=./data,.",
      "--deny-read=secret",
    ]],
    ["a short one", ["-c", "settings/deno.json", ...FEW, "-R=data,.", "--deny-read=./secret/"]],
    ["an import map", ["--import-map=settings/map.json", "-A", "--deny-read=./secret"]],
  ] as const
) {
  finds("deno", what, {
    files: {
      "settings/deno.json": `{ "imports": { "#mapped": "../mapped.ts" } }`,
      "settings/map.json": `{ "imports": { "#mapped": "../mapped.ts" } }`,
      "mapped.ts": "export const value = 'mapped';",
      "of.env": "FROM_FILE=environment",
      "find.ts": `import process from "node:process"; ${reading}`,
    },
    args: [...deno, ...flags, "--env-file=of.env"],
    finds: ["mapped", "granted", "denied", "environment"],
  });
}

test("a variable that was taken away stays away, though a file has it", {
  ignore: { deno: "it reads such a file only where it is asked to, as above" },
}, async () => {
  const root = realpathSync(mkdtempSync(`${tmpdir()}/mp-`));
  try {
    writeFileSync(`${root}/.env`, "SECRET=1");
    writeFileSync(
      `${root}/main.ts`,
      `import { isMainProcess, Process } from ${JSON.stringify(MOD)};
      export const ask = () => process.env.SECRET ?? null;
      if (isMainProcess()) {
        const without = new Process(ask, { env: { SECRET: undefined } }).start();
        console.log(ask(), await new Process(ask).start().result, await without.result);
      }`,
    );
    const { stdout } = await run(
      process.execPath,
      runtimeName === "node" ? ["--env-file=.env", "main.ts"] : ["main.ts"],
      { cwd: root },
    );
    assertEquals(stdout, "1 1 null\n");
  } finally {
    rmSync(root, { recursive: true });
  }
});
