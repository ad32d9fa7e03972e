/** What is compared: each a program that measures one pool, in a process of its own. */

import { locate, pinned } from "../../tests/gate/runtimes.ts";
import type { RuntimeName } from "../../tests/support/runtime.ts";
import { launchFlags } from "../launch.ts";
import { versions } from "./install.ts";
import type { Figures } from "./workload.ts";

/** One pool, and what was measured of it. */
export interface Variant {
  /** What it is called in the report. */
  readonly name: string;
  /** Whether its workers are threads or processes. */
  readonly workers: "threads" | "processes";
  /** Whether it is this project's. */
  readonly isOurs: boolean;
  /** Its command line. */
  command(): Promise<readonly string[] | { reason: string }>;
  /** One for each round. */
  readonly figures: Figures[];
}

/** Where a script of this folder is. */
export function script(name: string): string {
  return new URL(name, import.meta.url).pathname;
}

/** The command line of a script on a runtime. */
export async function onRuntime(
  runtime: RuntimeName,
  ...args: string[]
): Promise<readonly string[] | { reason: string }> {
  const located = await locate(runtime);
  if ("reason" in located) return located;
  return [located.program, ...launchFlags[runtime], ...args];
}

/** All of them; `modules` is where the peers were installed, `packaged` our npm package, for they are packages as well. */
export function allVariants(modules: string, packaged: string): Variant[] {
  const ours = (runtime: RuntimeName, ...module: string[]): Variant => ({
    name: `ours on ${runtime} ${runtime === "deno" ? Deno.version.deno : pinned[runtime]}` +
      (module.length === 0 ? ", sources" : ""),
    workers: "processes",
    isOurs: true,
    command: () => onRuntime(runtime, script("./ours.ts"), ...module),
    figures: [],
  });
  const theirs = (
    name: keyof typeof versions,
    kind: string,
    workers: Variant["workers"],
    ...args: string[]
  ): Variant => ({
    name: [`${name} ${versions[name]}`, ...kind === "" ? [] : [kind]].join(", "),
    workers,
    isOurs: false,
    command: () => onRuntime("node", ...args),
    figures: [],
  });
  const piscina = [script("./piscina.ts"), `${modules}/piscina/dist/esm-wrapper.mjs`];
  const tinypool = [script("./piscina.ts"), `${modules}/tinypool/dist/index.js`];
  const workerpool = [script("./workerpool.ts"), `${modules}/workerpool/src/index.js`];
  const poolifier = [script("./poolifier.ts"), `${modules}/poolifier/lib/index.mjs`];
  const python = (method: string): Variant => ({
    name: `Python, ${method}`,
    workers: "processes",
    isOurs: false,
    command: () => Promise.resolve(["python3", script("./pool.py"), method]),
    figures: [],
  });
  const many = JSON.stringify({ concurrentTasksPerWorker: 64 });
  const processes = JSON.stringify({ runtime: "child_process" });
  return [
    ours("node", packaged),
    ours("deno", packaged),
    ours("bun", packaged),
    ours("node"),
    ours("deno"),
    ours("bun"),
    theirs("piscina", "", "threads", ...piscina),
    theirs("piscina", "64 at a time", "threads", ...piscina, many),
    theirs("poolifier", "fixed", "threads", ...poolifier, "FixedThreadPool"),
    theirs("poolifier", "dynamic", "threads", ...poolifier, "DynamicThreadPool"),
    theirs("poolifier", "cluster", "processes", ...poolifier, "FixedClusterPool"),
    theirs("tinypool", "", "threads", ...tinypool),
    theirs("tinypool", "child_process", "processes", ...tinypool, processes),
    theirs("workerpool", "thread", "threads", ...workerpool, "thread"),
    theirs("workerpool", "process", "processes", ...workerpool, "process"),
    python("fork"),
    python("spawn"),
  ];
}
