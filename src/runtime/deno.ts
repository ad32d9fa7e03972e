/**
 * The runtime port for Deno: `Deno.dlopen`, `Deno.Command`, and a socket over a pipe as
 * the ear.
 */
import { UnsupportedError } from "../errors.ts";
import { denoLaunchArgs } from "./deno_flags.ts";
import { importUrl } from "./import_url.ts";
import { type ModuleHooks, watchImports } from "./loaded.ts";
import { asMainCode } from "./main_code.ts";
import { signalName, signalNumber } from "./signals.ts";
import { type Net, SocketEar } from "./socket_ear.ts";
import { netSockets, type SocketNet } from "./sockets.ts";
import { startFailure, startForbidden } from "./start_failure.ts";
import type {
  Address,
  CFunctions,
  Child,
  CSignatures,
  CType,
  CValue,
  Ear,
  EarOptions,
  ExitStatus,
  Launch,
  Runtime,
  SocketAddress,
  SpawnOptions,
} from "./port.ts";
import { loadFile, type ModuleLoader } from "./load_now.ts";

/** The part of Deno that is used here, so that the other runtimes' type checkers need not know it. */
interface DenoNamespace {
  readonly version: { readonly deno: string };
  readonly build: { readonly os: string; readonly arch: string; readonly standalone?: boolean };
  readonly pid: number;
  readonly permissions: {
    querySync(
      permission: { name: "read" | "write"; path: string } | { name: "net"; host: string },
    ): { readonly state: string };
  };
  readonly args: readonly string[];
  cwd(): string;
  readonly env: { toObject(): Record<string, string> };
  readonly mainModule: string;
  dlopen(library: string, symbols: Record<string, unknown>): {
    symbols: Record<string, Call>;
    close(): void;
  };
  readonly UnsafePointer: {
    create(address: bigint): object | null;
    of(bytes: Uint8Array): object | null;
    value(pointer: object | null): bigint;
  };
  readonly UnsafePointerView: {
    getArrayBuffer(pointer: object | null, byteLength: number): ArrayBuffer;
  };
  readonly Command: new (program: string, options: Record<string, unknown>) => {
    spawn(): DenoChild;
  };
  exit(code?: number): never;
  readonly internal: symbol;
}

interface DenoChild {
  readonly pid: number;
  readonly status: Promise<{ code: number; signal: string | null }>;
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  ref(): void;
  unref(): void;
}

const TYPES: Readonly<Record<CType, string>> = {
  void: "void",
  i32: "i32",
  i64: "i64",
  address: "u64",
  bytes: "buffer",
};

const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: "x64", aarch64: "arm64" };

/** The part of Deno's `process` that is used here. */
interface DenoProcess {
  getBuiltinModule?(name: string): unknown;
  exit?(code?: number): never;
}

/**
 * Makes the port over a `Deno` namespace.
 *
 * @param deno The namespace.
 * @param process Gives Deno's `process`, where there is one. The first look at it makes Deno load what it
 * has of Node, which takes as long as its own start: only who needs it looks.
 */
export function denoRuntime(deno: DenoNamespace, process: () => DenoProcess | undefined): Runtime {
  const builtin = (name: string): unknown => process()?.getBuiltinModule?.(name);
  return {
    name: "deno",
    version: deno.version.deno,
    os: deno.build.os,
    arch: ARCHITECTURES[deno.build.arch] ?? deno.build.arch,
    pid: deno.pid,
    largestView: 2 ** 38,
    standalone: deno.build.standalone === true,
    bind: (libraries, signatures) => bind(deno, libraries, signatures),
    view(address: Address, byteLength: number): ArrayBuffer {
      const pointer = deno.UnsafePointer.create(BigInt(address));
      return deno.UnsafePointerView.getArrayBuffer(pointer, byteLength);
    },
    addressOf(bytes: Uint8Array): Address {
      return Number(deno.UnsafePointer.value(deno.UnsafePointer.of(bytes)));
    },
    sockets: () =>
      netSockets(builtin("node:net") as SocketNet, (address) => lackingFor(deno, address)),
    ear: (options) => ear(deno, () => builtin("node:net") as Net, options),
    spawn: (options) => spawn(deno, options),
    launchArgs: (launch: Launch) => denoLaunchArgs(launch, (path) => mayRead(deno, path)),
    // A Worker gets those of the program that it is in, and is a program of its own.
    scriptArgs: () => isWorker() ? [] : deno.args,
    mainModule(): string | undefined {
      try {
        return deno.mainModule;
      } catch {
        // Without the permission to read.
        return undefined;
      }
    },
    watchModules: () => watchImports((builtin("node:module") ?? {}) as ModuleHooks),
    importModule: async (url) => asMainCode(await import("node:async_hooks"), () => importUrl(url)),
    loadNow(url) {
      // It looks for a package.json in every folder above, and would ask the user for each.
      if (!mayRead(deno, "/")) throw new Error("Cannot load a module now: that takes --allow-read");
      loadFile(builtin("node:module") as ModuleLoader, url);
    },
    // It always does.
    cacheCode() {},
    endBy() {},
    // It does.
    endByRejections() {},
    // Outside of its test runner, Deno registers none.
    withoutTests() {},
    // It tells only who may read it.
    folder: () => mayRead(deno, ".") ? deno.cwd() : undefined,
    // It keeps none of its own.
    enterFolder: () => false,
    env: () => environment(deno),
    // It writes at once.
    flush: () => Promise.resolve(),
    exit(code) {
      if (hasLoadedNode(deno)) process()?.exit?.(code);
      return deno.exit(code);
    },
    onExit: (callback) => globalThis.addEventListener("unload", callback),
  };
}

type Call = (...args: unknown[]) => unknown;

/** Whether this is a Worker; one of `node:worker_threads` has no `WorkerGlobalScope`, but is named like the others. */
function isWorker(): boolean {
  return Object.prototype.toString.call(globalThis) === "[object DedicatedWorkerGlobalScope]";
}

function mayRead({ permissions }: DenoNamespace, path: string): boolean {
  return permissions.querySync({ name: "read", path }).state === "granted";
}

function bind<S extends CSignatures>(
  deno: DenoNamespace,
  libraries: readonly string[],
  signatures: S,
): CFunctions<S> {
  const table: Record<string, unknown> = {};
  for (const [symbol, { parameters, result }] of Object.entries(signatures)) {
    table[symbol] = {
      parameters: parameters.map((type) => TYPES[type]),
      // A failing mmap returns -1, which unsigned is beyond what a number can hold.
      result: result === "address" ? "i64" : TYPES[result],
    };
  }
  const calls = open(deno, libraries, table);
  const bound: Record<string, (...args: CValue[]) => unknown> = {};
  for (const [symbol, { result }] of Object.entries(signatures)) {
    const call = calls[symbol];
    bound[symbol] = result === "i32" || result === "void"
      ? call
      : (...args) => Number(call(...args));
  }
  return bound as CFunctions<S>;
}

/**
 * Opens a library, takes its functions and closes it again: a library that stays open is a leak to a
 * test that was the first to use this module. The functions stay, because this is the C library,
 * which Deno itself has loaded.
 */
function open(
  deno: DenoNamespace,
  libraries: readonly string[],
  table: Record<string, unknown>,
): Record<string, Call> {
  let failure: unknown;
  for (const name of libraries) {
    try {
      const library = deno.dlopen(name, table);
      library.close();
      return library.symbols;
    } catch (error) {
      if ((error as Error).name === "NotCapable") {
        throw new UnsupportedError(
          "Cannot share memory: Deno runs without the permission to call C; add --allow-ffi",
          { cause: error },
        );
      }
      failure = error;
    }
  }
  throw new UnsupportedError(`Cannot open the C library: tried ${libraries.join(", ")}`, {
    cause: failure,
  });
}

/** Where node:net takes a descriptor, Deno watches a pipe on its event loop like Node; older ones throw. */
function ear(deno: DenoNamespace, net: () => Net, options: EarOptions): Ear {
  try {
    return new SocketEar(net(), options);
  } catch (error) {
    throw new UnsupportedError(
      `Cannot wait for other processes: Deno ${deno.version.deno} cannot watch a pipe; ` +
        "use Deno 2.8 or later",
      { cause: error },
    );
  }
}

function environment(deno: DenoNamespace): Record<string, string> {
  try {
    return deno.env.toObject();
  } catch (error) {
    throw new UnsupportedError(
      "Cannot read the environment: Deno runs without the permission to; add --allow-env",
      { cause: error },
    );
  }
}

/**
 * Whether the program has loaded what Deno has of Node: only then can it have listeners of `process` for the
 * end, which `Deno.exit()` does not call. Deno notes it where it keeps what is its own; nothing public tells it.
 */
function hasLoadedNode(deno: DenoNamespace): boolean {
  const notes = Reflect.get(deno, deno.internal) as
    | { dispatchProcessExitEvent?: unknown }
    | undefined;
  return typeof notes?.dispatchProcessExitEvent === "function";
}

function spawn(deno: DenoNamespace, options: SpawnOptions): Child {
  const { program, args, env, cwd, stdin, stdout, stderr } = options;
  let child: DenoChild;
  try {
    const environment = env === undefined ? {} : { env, clearEnv: true };
    child = new deno.Command(program, { args, cwd, stdin, stdout, stderr, ...environment }).spawn();
  } catch (error) {
    const { name, code } = error as { name: string; code?: string };
    if (name !== "NotCapable") throw startFailure(options, error, code);
    throw startForbidden("Deno runs", program, "--allow-run (or --allow-run=deno)", error);
  }
  return {
    pid: child.pid,
    exited: child.status.then(exitStatus, unnamedSignal),
    ref: () => unlessEnded(() => child.ref()),
    unref: () => unlessEnded(() => child.unref()),
    stdin: stdin === "piped" ? child.stdin : null,
    stdout: stdout === "piped" ? child.stdout : null,
    stderr: stderr === "piped" ? child.stderr : null,
  };
}

/** A child that has ended is unknown to Deno for a moment before `status` says so. */
function unlessEnded(act: () => void): void {
  try {
    act();
  } catch (error) {
    if ((error as Error).name !== "BadResource") throw error;
  }
}

function exitStatus({ code, signal }: { code: number; signal: string | null }): ExitStatus {
  return { code: signal === null ? code : -signalNumber(signal), signal };
}

/** Deno refuses to tell of a signal that it has no name for, as the real-time ones: the error has its number. */
function unnamedSignal(error: Error): ExitStatus {
  const number = Number(/^Invalid signal: (\d+)$/.exec(error.message)?.[1]);
  if (Number.isNaN(number)) throw error;
  return { code: -number, signal: signalName(number) };
}

/** The flag of the permission that an address needs and this process has not. */
function lackingFor(deno: DenoNamespace, { path, host, port }: SocketAddress): string | undefined {
  const has = (permission: Parameters<DenoNamespace["permissions"]["querySync"]>[0]): boolean =>
    deno.permissions.querySync(permission).state === "granted";
  if (path === undefined) {
    const place = host!.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
    return has({ name: "net", host: place }) ? undefined : `--allow-net=${place}`;
  }
  // A Unix socket is a file and an address.
  if (!has({ name: "net", host: `unix:${path}` })) return `--allow-net=unix:${path}`;
  if (!has({ name: "read", path })) return `--allow-read=${path}`;
  return has({ name: "write", path }) ? undefined : `--allow-write=${path}`;
}
