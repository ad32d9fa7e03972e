/**
 * The runtime port for Node: `node:ffi` (Node 26), `node:child_process`, and a socket over a pipe as
 * the ear.
 */
import { flushNode, type Outputs } from "./flush.ts";
import { importUrl } from "./import_url.ts";
import { type ModuleHooks, watchImports } from "./loaded.ts";
import { asMainCode, type AsyncHooks } from "./main_code.ts";
import { NO_TESTS } from "./no_tests.ts";
import { bindNode, loadFfi, type NodeFfi } from "./node_ffi.ts";
import { nodeLaunchArgs } from "./node_flags.ts";
import { signalNumber } from "./signals.ts";
import { type Net, SocketEar } from "./socket_ear.ts";
import { netSockets, type SocketNet } from "./sockets.ts";
import { startFailure, startForbidden } from "./start_failure.ts";
import type { Address, Child, ExitStatus, Launch, Runtime, SpawnOptions } from "./port.ts";
import { loadFile } from "./load_now.ts";

/** The part of `process` that is used here, so that the other runtimes' type checkers need not know it. */
export interface NodeProcess extends Outputs {
  readonly versions: { readonly node: string };
  readonly platform: string;
  readonly arch: string;
  readonly pid: number;
  readonly argv: string[];
  readonly execArgv: readonly string[];
  readonly env: Record<string, string | undefined>;
  cwd(): string;
  chdir(path: string): void;
  emitWarning: (warning: unknown, ...rest: unknown[]) => void;
  getBuiltinModule?(name: string): unknown;
  getActiveResourcesInfo(): string[];
  exit(code?: number): never;
  reallyExit: (code?: number) => void;
  on(event: "exit", callback: () => void): void;
}

interface NodeStream {
  ref(): void;
  unref(): void;
}

interface NodeChild {
  readonly pid: number | undefined;
  readonly stdin: NodeStream | null;
  readonly stdout: NodeStream | null;
  readonly stderr: NodeStream | null;
  /** Those that Node empties when the process has ended, unless somebody reads them. */
  readonly stdio: (NodeStream | null)[];
  once(event: "exit", listener: (code: number | null, signal: string | null) => void): void;
  once(event: "error", listener: (error: Error) => void): void;
  ref(): void;
  unref(): void;
}

interface NodeModules {
  "node:module": ModuleHooks & {
    createRequire(base: string): (name: string) => unknown;
    enableCompileCache?(): unknown;
    flushCompileCache?(): void;
  };
  "node:async_hooks": AsyncHooks;
  "node:sea": { isSea(): boolean };
  "node:net": Net & SocketNet;
  "node:child_process": {
    spawn(
      program: string,
      args: readonly string[],
      options: { cwd?: string; env?: unknown; stdio: string[] },
    ): NodeChild;
  };
  "node:fs": {
    accessSync(path: string, mode: number): void;
  };
  "node:stream": {
    Readable: { toWeb(stream: unknown): ReadableStream<Uint8Array> };
    Writable: { toWeb(stream: unknown): WritableStream<Uint8Array> };
  };
}

/** Makes the port over Node's `process`. */
export function nodeRuntime(process: NodeProcess): Runtime {
  let ffi: NodeFfi | undefined;
  const builtin = <K extends keyof NodeModules>(name: K): NodeModules[K] =>
    process.getBuiltinModule!(name) as NodeModules[K];
  const loadedFfi = (): NodeFfi =>
    ffi ??= loadFfi(process, (base, name) => builtin("node:module").createRequire(base)(name));
  return {
    name: "node",
    version: process.versions.node,
    os: process.platform,
    arch: process.arch,
    pid: process.pid,
    largestView: 2 ** 38,
    bind: (libraries, signatures) => bindNode(loadedFfi(), libraries, signatures),
    view: (address: Address, byteLength: number) =>
      loadedFfi().toArrayBuffer(BigInt(address), byteLength, false),
    addressOf: (bytes: Uint8Array): Address => Number(loadedFfi().getRawPointer(bytes)),
    sockets: () => netSockets(builtin("node:net")),
    ear: (options) => new SocketEar(builtin("node:net"), options),
    spawn: (options) => spawn(builtin, options),
    standalone: builtin("node:sea")?.isSea() ?? false,
    launchArgs: (launch: Launch) => nodeLaunchArgs(launch, process.execArgv),
    scriptArgs: () => process.argv.slice(2),
    mainModule: () => process.argv[1],
    watchModules: () => watchImports(builtin("node:module")),
    importModule: (url) => asMainCode(builtin("node:async_hooks"), () => importUrl(url)),
    loadNow: (url) => loadFile(builtin("node:module"), url),
    cacheCode() {
      // Coverage of functions that come out of a cache is less exact.
      if (process.env.NODE_V8_COVERAGE === undefined) builtin("node:module").enableCompileCache?.();
    },
    withoutTests() {
      const url = `data:text/javascript,${encodeURIComponent(NO_TESTS)}`;
      builtin("node:module").registerHooks?.({
        resolve: (specifier, context, next) =>
          specifier === "node:test"
            ? { url, format: "module", shortCircuit: true }
            : next(specifier, context),
      });
    },
    folder: () => process.cwd(),
    enterFolder(path: string): boolean {
      process.chdir(path);
      return true;
    },
    env: () => ({ ...process.env }) as Record<string, string>,
    flush: () => flushNode(process),
    // Given undefined, it forgets the exit code that was set.
    exit: (code) => code === undefined ? process.exit() : process.exit(code),
    endBy(end) {
      if (isObserved(process)) return;
      // The last step of process.exit(), behind the listeners. Node's own joins the threads that compile; one that
      // waits for this thread to collect garbage first never ends (Node 24: one exit of a short program in a hundred).
      process.reallyExit = (code = 0) => {
        builtin("node:module").flushCompileCache?.();
        end(code);
      };
    },
    // It does.
    endByRejections() {},
    onExit: (callback) => process.on("exit", callback),
  };
}

/** Whether Node writes down at its end what it has seen: coverage, profiles, traces. */
function isObserved({ env, execArgv }: NodeProcess): boolean {
  const flags = [...execArgv, ...(env.NODE_OPTIONS ?? "").split(" ")];
  return env.NODE_V8_COVERAGE !== undefined ||
    flags.some((flag) => /^--(cpu-prof|heap-prof|prof|trace-|report)/.test(flag));
}

function spawn(
  builtin: <K extends keyof NodeModules>(name: K) => NodeModules[K],
  options: SpawnOptions,
): Child {
  const { program, args, env, cwd } = options;
  let child: NodeChild;
  try {
    child = builtin("node:child_process").spawn(program, args, {
      cwd,
      env,
      stdio: [stdio(options.stdin), stdio(options.stdout), stdio(options.stderr)],
    });
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== "ERR_ACCESS_DENIED") throw startFailure(options, error, code);
    throw startForbidden(
      "Node runs with --permission and",
      program,
      "--allow-child-process",
      error,
    );
  }
  if (child.pid === undefined) {
    child.once("error", () => {});
    throw startFailure(options, undefined, reason(builtin("node:fs"), options));
  }
  const exited = new Promise<ExitStatus>((resolve) => {
    child.once("exit", (code, signal) => {
      for (const output of unasked) output.unref();
      resolve(signal === null ? { code: code!, signal } : { code: -signalNumber(signal), signal });
    });
  });
  const { Readable, Writable } = builtin("node:stream");
  // What nobody has asked for yet may still be asked for when the process has ended.
  child.stdio.fill(null);
  const unasked = new Set([child.stdout, child.stderr].filter((output) => output !== null));
  const streams = new Map<NodeStream, ReadableStream<Uint8Array>>();
  const ask = (output: NodeStream | null): ReadableStream<Uint8Array> | null => {
    if (output === null) return null;
    if (unasked.delete(output)) {
      output.ref();
      streams.set(output, Readable.toWeb(output));
    }
    return streams.get(output)!;
  };
  return {
    pid: child.pid,
    exited,
    ref() {
      child.ref();
      for (const output of unasked) output.ref();
    },
    unref() {
      child.unref();
      for (const output of unasked) output.unref();
    },
    stdin: child.stdin === null ? null : Writable.toWeb(child.stdin),
    get stdout() {
      return ask(child.stdout);
    },
    get stderr() {
      return ask(child.stderr);
    },
  };
}

/** Why a program did not start, looked up, because Node tells it only on a later turn. */
function reason(fs: NodeModules["node:fs"], { program, cwd }: SpawnOptions): string | undefined {
  const executable = 1;
  try {
    if (cwd !== undefined) fs.accessSync(cwd, executable);
    if (program.includes("/")) fs.accessSync(program, executable);
    else return "ENOENT";
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

function stdio(kind: SpawnOptions["stdin"]): string {
  return kind === "null" ? "ignore" : kind === "piped" ? "pipe" : "inherit";
}
