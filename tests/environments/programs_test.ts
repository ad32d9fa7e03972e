import { assertEquals, assertStringIncludes } from "@std/assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { test } from "../support/harness.ts";
import { fixture, run, runScript } from "./program.ts";

const DENO_ONLY = { bun: "it has no permissions", node: "its permissions are tested elsewhere" };
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(`${tmpdir()}/environments-`);
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a program uses processes and a pool, and ends by itself", async () => {
  const { code, stdout, stderr } = await runScript(fixture("smoke.ts"));
  assertEquals([code, stdout.trim(), stderr], [0, "done", ""]);
});

test("a worker thread starts processes of its own", async () => {
  const { code, stdout, stderr } = await runScript(fixture("thread.ts"));
  assertEquals([code, stdout.trim(), stderr], [0, "[[2,4,6,42],2]", ""]);
});

test("a child has exactly its parent's permissions", { ignore: DENO_ONLY }, async () => {
  for (const more of [[], ["--allow-read=/proc"], ["--allow-net", "--allow-env"]]) {
    const flags = ["run", "--no-lock", "--no-prompt", "--allow-ffi", "--allow-run", ...more];
    const { code, stdout, stderr } = await run(process.execPath, [...flags, fixture("low.ts")]);
    assertEquals([code, stdout, stderr], [0, "same permissions\n8\n[ 101, 102 ]\n", ""]);
  }
});

test("a package that was loaded from a server starts children", {
  ignore: { bun: "it loads no modules from servers", node: "it loads no modules from servers" },
}, async () => {
  const server = createServer((request, response) => {
    try {
      const body = readFileSync(ROOT + new URL(request.url!, "http://localhost").pathname);
      response.setHeader("content-type", "application/typescript").end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await inFolder(async (folder) => {
    writeFileSync(
      `${folder}/deno.json`,
      JSON.stringify({
        imports: { "@x/mp": `http://127.0.0.1:${port}/mod.ts`, "lib/": "./" },
        lock: false,
      }),
    );
    writeFileSync(
      `${folder}/numbers.ts`,
      "const base = 3; export const add = (n: number) => n + base;",
    );
    writeFileSync(
      `${folder}/main.ts`,
      `import { Pool, Process } from "@x/mp";
      import { add } from "lib/numbers.ts";
      if (import.meta.main) {
        console.log(await new Process(add, { args: [1] }).start().result);
        await using pool = new Pool(1);
        console.log(await pool.map(add, [2, 3]));
      }`,
    );
    // From another folder: the configuration is found by the script, not by where it was called.
    const { code, stdout, stderr } = await run(
      process.execPath,
      ["run", "-A", "-q", `${folder}/main.ts`],
      { cwd: "/", env: { DENO_DIR: `${folder}/cache` } },
    );
    assertEquals([code, stdout, stderr], [0, "4\n[ 5, 6 ]\n", ""]);
  });
  await new Promise((resolve) => server.close(resolve));
});

const BUN_ONLY = {
  deno: "compiling downloads a runtime, which cannot be reached here",
  node: "it does not compile",
};

test("a compiled program starts processes from its single file", { ignore: BUN_ONLY }, async () => {
  await inFolder(async (folder) => {
    const file = `${folder}/program`;
    const built = await run(process.execPath, [
      "build",
      "--compile",
      fixture("single_file.ts"),
      "--outfile",
      file,
    ]);
    assertEquals(built.code, 0, built.stderr);
    const { code, stdout, stderr } = await run(file, []);
    assertEquals([code, stdout, stderr], [0, "6\n[ 6, 7 ] [ 2, 4 ]\n", ""]);
  });
});

test("a compiled program without freezeSupport() fails with one clear error", {
  ignore: BUN_ONLY,
}, async () => {
  await inFolder(async (folder) => {
    const file = `${folder}/program`;
    const source = `${folder}/source.ts`;
    writeFileSync(
      source,
      `globalThis.skipFreeze = true; await import(${JSON.stringify(fixture("single_file.ts"))});`,
    );
    await run(process.execPath, ["build", "--compile", source, "--outfile", file]);
    const { code, stderr } = await run(file, []);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "call await freezeSupport() before anything else");
    assertEquals(stderr.match(/ProcessError: Cannot start/g)?.length, 1, stderr);
  });
});
