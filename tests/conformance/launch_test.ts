import { assertEquals } from "@std/assert";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { pathToFileURL } from "node:url";
import { platform, runtime } from "../fixtures/conformance/ground.ts";
import { type RuntimeName, runtimeName, test } from "../support/harness.ts";

/** A project of a user's: its files, the command line in it, and what its module says in a child. */
interface Project {
  readonly files: Readonly<Record<string, string>>;
  /** The folder in which the command line is run, below the project. */
  readonly cwd?: string;
  readonly args: readonly string[];
  /** The module that the child imports. */
  readonly module: string;
  readonly says: unknown;
}

const launcher = new URL("../fixtures/conformance/launcher_child.ts", import.meta.url).href;
const main = `import ${JSON.stringify(launcher)};`;

function launches(on: RuntimeName, name: string, project: Project): void {
  if (on !== runtimeName) return;
  test(name, async () => {
    const root = realpathSync(mkdtempSync(`${tmpdir()}/mp-`));
    for (const [path, text] of Object.entries(project.files)) {
      mkdirSync(`${root}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      writeFileSync(`${root}/${path}`, text);
    }
    const ticket = JSON.stringify({ module: pathToFileURL(`${root}/${project.module}`).href });
    const child = runtime.spawn({
      program: platform.program(),
      args: [...project.args, ticket],
      cwd: `${root}/${project.cwd ?? ""}`,
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    });
    const said = await new Response(child.stdout).text();
    assertEquals([(await child.exited).code, said.trim()], [0, JSON.stringify(project.says)]);
    rmSync(root, { recursive: true });
  });
}

const dependency = {
  "node_modules/dep/package.json": JSON.stringify({
    name: "dep",
    type: "module",
    exports: { development: "./development.js", default: "./index.js" },
  }),
  "node_modules/dep/index.js": "export default 'dep';",
  "node_modules/dep/development.js": "export default 'dep in development';",
  "uses_dep.ts": "export { default } from 'dep';",
};
const packaged = {
  ...dependency,
  "package.json": JSON.stringify({ type: "module", dependencies: { dep: "*" } }),
  "main.ts": main,
};
const mapped = {
  "deno.json": JSON.stringify({ imports: { "#where": "./where.ts" } }),
  "where.ts": "export default 'the import map of the project';",
  "src/uses_map.ts": "export { default } from '#where';",
  "src/main.ts": main,
};
const map = { module: "src/uses_map.ts", says: "the import map of the project" };
const dep = { module: "uses_dep.ts", says: "dep" };

launches("deno", "a Deno child resolves by the deno.json above its parent's script", {
  files: mapped,
  args: ["run", "-A", "src/main.ts"],
  ...map,
});

launches("deno", "a Deno child resolves by that deno.json wherever its parent was started", {
  files: { ...mapped, "else/where/deno.json": "{}" },
  cwd: "else/where",
  args: ["-A", "../../src/main.ts"],
  ...map,
});

launches("deno", "a Deno child resolves by the configuration that its parent was given", {
  files: { ...mapped, "src/deno.json": "{}" },
  args: ["run", "-Aqc", "deno.json", "src/main.ts"],
  ...map,
});

launches("deno", "a Deno child resolves by the import map that its parent was given", {
  files: {
    ...mapped,
    "deno.json": "{}",
    "map.json": JSON.stringify({ imports: { "#where": "./where.ts" } }),
  },
  args: ["run", "-A", "--import-map", "map.json", "src/main.ts"],
  ...map,
});

launches("deno", "a Deno child finds the packages of a project without deno.json", {
  files: packaged,
  args: ["run", "-A", "main.ts"],
  ...dep,
});

launches("deno", "a Deno child finds packages by the conditions of its parent", {
  files: packaged,
  args: ["run", "-A", "--conditions", "development", "main.ts"],
  ...dep,
  says: "dep in development",
});

launches("deno", "a Deno child has the permissions of its parent and no more", {
  files: {
    "main.ts": main,
    "asks.ts": `const names = ["run", "ffi", "env", "net", "write"] as const;
      const states = [];
      for (const name of names) states.push((await Deno.permissions.query({ name })).state);
      export default states;`,
  },
  args: ["run", "--no-prompt", "--allow-ffi", "--allow-run", "-R", "--deny-net", "main.ts"],
  module: "asks.ts",
  says: ["granted", "granted", "prompt", "denied", "prompt"],
});

launches("bun", "a Bun child has the conditions and preloads of its parent", {
  files: {
    ...packaged,
    "before.ts": "globalThis.before = 'set before';",
    "uses_dep.ts": "import dep from 'dep'; export default [dep, globalThis.before, process.title];",
  },
  args: ["run", "--conditions", "development", "--preload=./before.ts", "--title", "a", "main.ts"],
  ...dep,
  says: ["dep in development", "set before", "a"],
});

launches("bun", "a Bun child has the definitions of its parent", {
  files: { "main.ts": main, "defined.ts": "export default DEFINED;" },
  args: ['-dDEFINED:"yes"', "main.ts"],
  module: "defined.ts",
  says: "yes",
});

launches("node", "a Node child has the conditions and preloads of its parent", {
  files: {
    ...packaged,
    "before.mjs": "globalThis.before = 'set before';",
    "uses_dep.ts": "import dep from 'dep'; export default [dep, globalThis.before, process.title];",
  },
  args: ["-C", "development", "--import", "./before.mjs", "--title", "a", "--", "main.ts"],
  ...dep,
  says: ["dep in development", "set before", "a"],
});

launches("node", "a Node child has no more permissions than its parent", {
  files: {
    ...packaged,
    "asks.ts": `export default ["ffi", "child", "fs.write", "worker"].map(
      (name) => process.permission.has(name));`,
  },
  args: [
    "--permission",
    "--allow-fs-read=*",
    "--allow-ffi",
    "--allow-child-process",
    "--disable-warning=SecurityWarning",
    "main.ts",
  ],
  module: "asks.ts",
  says: [true, true, false, false],
});
