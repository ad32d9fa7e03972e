/**
 * The runtime port for Bun: `bun:ffi`, `Bun.spawn`, and a stream over a descriptor as the ear.
 */
import { UnsupportedError } from "../errors.ts";
import { argsGiven, bunLaunchArgs, isBelowTests } from "./bun_flags.ts";
import { entryPath } from "./flags.ts";
import { flushBun, type Outputs } from "./flush.ts";
import { importUrl } from "./import_url.ts";
import { asMainCode, type AsyncHooks } from "./main_code.ts";
import { NO_TESTS, USER_SOURCES, withoutTests } from "./no_tests.ts";
import { signalName, signalNumber } from "./signals.ts";
import { netSockets, type SocketNet } from "./sockets.ts";
import { startFailure } from "./start_failure.ts";
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
  SpawnOptions,
} from "./port.ts";
import { loadFile } from "./load_now.ts";

/** The part of Bun that is used here, so that the other runtimes' type checkers need not know it. */
interface BunNamespace {
  readonly version: string;
  readonly argv: readonly string[];
  readonly main: string;
  file(file: number): { stream(): ReadableStream<Uint8Array> };
  plugin(plugin: { name: string; setup(build: BunBuild): void }): void;
  spawn(options: Record<string, unknown>): BunChild;
}

interface BunBuild {
  module(specifier: string, load: () => { contents: string; loader: string }): void;
  onLoad(
    options: { filter: RegExp },
    load: (file: { path: string; loader: string }) => { contents: string; loader: string },
  ): void;
}

interface BunChild {
  readonly pid: number;
  readonly exited: Promise<number>;
  readonly exitCode: number | null;
  /** A number where the signal has no name, as the real-time ones. */
  readonly signalCode: string | number | null;
  readonly stdin: { write(chunk: Uint8Array): unknown; flush(): unknown; end(): unknown };
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  ref(): void;
  unref(): void;
}

interface BunFfi {
  dlopen(library: string, symbols: Record<string, unknown>): {
    symbols: Record<string, (...args: unknown[]) => unknown>;
  };
  toArrayBuffer(address: number, byteOffset: number, byteLength: number): ArrayBuffer;
  ptr(bytes: Uint8Array): number;
}

/** The part of `process` that is used here. */
interface BunProcess extends Outputs {
  readonly platform: string;
  readonly arch: string;
  readonly pid: number;
  readonly env: Record<string, string>;
  cwd(): string;
  chdir(path: string): void;
  getBuiltinModule(name: "bun:ffi"): BunFfi;
  getBuiltinModule(name: "node:async_hooks"): AsyncHooks;
  getBuiltinModule(name: "node:net"): SocketNet;
  getBuiltinModule(name: "node:fs"): { readFileSync(path: string, encoding: "utf8"): string };
  getBuiltinModule(name: "node:module"): {
    /** Bun lists its modules in the cache, of either kind. */
    createRequire(url: string): { (path: string): unknown; readonly cache: object };
  };
  exit(code?: number): never;
  readonly execArgv: readonly string[];
  on(event: "exit", callback: () => void): void;
  on(event: "unhandledRejection", callback: (reason: unknown) => void): void;
  listenerCount(event: "unhandledRejection"): number;
}

const TYPES: Readonly<Record<CType, string>> = {
  void: "void",
  i32: "i32",
  i64: "i64_fast",
  address: "ptr",
  bytes: "ptr",
};

/** Makes the port over the `Bun` namespace and `process`. */
export function bunRuntime(bun: BunNamespace, process: BunProcess): Runtime {
  const ffi = process.getBuiltinModule("bun:ffi");
  return {
    name: "bun",
    version: bun.version,
    os: process.platform,
    arch: process.arch,
    pid: process.pid,
    largestView: 2 ** 32,
    standalone: bun.main.startsWith("/$bunfs/"),
    bind: (libraries, signatures) => bind(ffi, libraries, signatures),
    view: (address: Address, byteLength: number) => ffi.toArrayBuffer(address, 0, byteLength),
    addressOf: (bytes: Uint8Array): Address => ffi.ptr(bytes),
    sockets: () => netSockets(process.getBuiltinModule("node:net")),
    ear: (options) => new StreamEar(bun, options),
    spawn: (options) => spawn(bun, options, process),
    launchArgs: (launch: Launch) => bunLaunchArgs(launch),
    scriptArgs: () => argsGiven(bun.argv.slice(2)),
    mainModule: () => bun.main,
    watchModules() {
      const { cache } = process.getBuiltinModule("node:module").createRequire(import.meta.url);
      return () => Object.keys(cache);
    },
    importModule: (url) => importModule(process, url),
    loadNow: (url) => loadFile(process.getBuiltinModule("node:module"), url),
    // It has nothing of the kind for modules of this size.
    cacheCode() {},
    endBy() {},
    endByRejections: () => endByRejections(process),
    withoutTests() {
      // It takes a module that the plugin could have changed twice the time to load, whether it has or not.
      if (isBelowTests(bun.argv)) withoutBunTests(bun, process);
    },
    folder: () => process.cwd(),
    enterFolder(path: string): boolean {
      process.chdir(path);
      return true;
    },
    env: () => ({ ...process.env }),
    flush: (isDuplicated) => flushBun(process, isDuplicated),
    exit: (code) => process.exit(code),
    onExit: (callback) => process.on("exit", callback),
  };
}

/**
 * `import()` evaluates a module outside of any asynchronous context; `require()` evaluates it here and now,
 * and if it awaits something, begins to. Its failures come again from the import that follows.
 */
function importModule(process: BunProcess, url: string): Promise<Record<string, unknown>> {
  return asMainCode(process.getBuiltinModule("node:async_hooks"), () => {
    const load = process.getBuiltinModule("node:module").createRequire(import.meta.url);
    try {
      if (url.startsWith("file:")) load(entryPath(url));
    } catch {
      // The import says why.
    }
    return importUrl(url);
  });
}

/** Bun itself ends while it evaluates the main module or what that has required, and goes on later. */
function endByRejections(process: BunProcess): void {
  if (process.execArgv.some((flag) => flag.startsWith("--unhandled-rejections"))) return;
  process.on("unhandledRejection", (reason) => {
    if (process.listenerCount("unhandledRejection") > 1) return;
    try {
      console.error(reason);
    } finally {
      process.exit(1);
    }
  });
}

function bind<S extends CSignatures>(
  ffi: BunFfi,
  libraries: readonly string[],
  signatures: S,
): CFunctions<S> {
  const table: Record<string, unknown> = {};
  for (const [symbol, { parameters, result }] of Object.entries(signatures)) {
    table[symbol] = {
      args: parameters.map((type) => TYPES[type]),
      // As "ptr" a result of -1 would arrive as 1.8e19.
      returns: result === "address" ? "i64_fast" : TYPES[result],
    };
  }
  const symbols = open(ffi, libraries, table);
  const bound: Record<string, (...args: CValue[]) => unknown> = {};
  for (const [symbol, { result }] of Object.entries(signatures)) {
    const call = symbols[symbol];
    bound[symbol] = result === "i32" || result === "void"
      ? call
      : (...args) => Number(call(...args));
  }
  return bound as CFunctions<S>;
}

function open(
  ffi: BunFfi,
  libraries: readonly string[],
  table: Record<string, unknown>,
): Record<string, (...args: unknown[]) => unknown> {
  let failure: unknown;
  for (const library of libraries) {
    try {
      return ffi.dlopen(library, table).symbols;
    } catch (error) {
      failure = error;
    }
  }
  throw new UnsupportedError(`Cannot open the C library: tried ${libraries.join(", ")}`, {
    cause: failure,
  });
}

/**
 * Hears by a stream over the descriptor: 5 to 10 µs from ring to callback. The stream keeps the
 * event loop alive even when nobody reads, so resting means cancelling it; that leaves the
 * descriptor open, and another stream is made for the next time (13 µs for the pair). So it is cancelled in the next
 * turn of the event loop, unless somebody waits again by then, as a loop that takes one message after another does.
 */
class StreamEar implements Ear {
  readonly #bun: BunNamespace;
  readonly #options: EarOptions;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #isResting = false;

  constructor(bun: BunNamespace, options: EarOptions) {
    this.#bun = bun;
    this.#options = options;
  }

  listen(): void {
    this.#isResting = false;
    if (this.#reader === undefined) this.#begin();
  }

  rest(): Promise<void> {
    if (!this.#isResting) setImmediate(() => this.#endRest());
    this.#isResting = true;
    return Promise.resolve();
  }

  #begin(): void {
    this.#reader = this.#bun.file(this.#options.fd).stream().getReader();
    void this.#hear(this.#reader);
  }

  #endRest(): void {
    if (!this.#isResting) return;
    const reader = this.#reader;
    this.#isResting = false;
    this.#reader = undefined;
    void reader?.cancel();
  }

  async #hear(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    for (;;) {
      const { done } = await reader.read();
      const isCurrent = this.#reader === reader;
      // The pipe cannot end: this process holds both ends. A stream that ends is begun again.
      if (done && isCurrent) this.#begin();
      // What a stream has read that was given up meanwhile, nobody else will hear of.
      if (isCurrent || !done) this.#options.onRing();
      if (done || !isCurrent) return;
    }
  }
}

function spawn(bun: BunNamespace, options: SpawnOptions, process: BunProcess): Child {
  const { program, args, env, cwd } = options;
  let child: BunChild;
  try {
    child = bun.spawn({
      cmd: [program, ...args],
      // By default Bun gives the environment as it was when this process began.
      env: env ?? { ...process.env },
      cwd,
      stdin: stdio(options.stdin),
      stdout: stdio(options.stdout),
      stderr: stdio(options.stderr),
    });
  } catch (error) {
    throw startFailure(options, error, (error as { code?: string }).code);
  }
  return {
    pid: child.pid,
    exited: child.exited.then((code) => exitStatus(code, child.signalCode)),
    ref: () => child.ref(),
    unref: () => child.unref(),
    stdin: options.stdin === "piped" ? writable(child.stdin) : null,
    // Asking for a stream before unref() would keep the event loop alive.
    get stdout() {
      return options.stdout === "piped" ? child.stdout : null;
    },
    get stderr() {
      return options.stderr === "piped" ? child.stderr : null;
    },
  };
}

function exitStatus(code: number, signal: string | number | null): ExitStatus {
  if (signal === null) return { code, signal };
  if (typeof signal === "number") return { code: -signal, signal: signalName(signal) };
  return { code: -signalNumber(signal), signal };
}

function stdio(kind: SpawnOptions["stdin"]): string {
  return kind === "null" ? "ignore" : kind === "piped" ? "pipe" : "inherit";
}

function writable(sink: BunChild["stdin"]): WritableStream<Uint8Array> {
  return new WritableStream({
    async write(chunk) {
      await sink.write(chunk);
      await sink.flush();
    },
    async close() {
      await sink.end();
    },
    async abort() {
      await sink.end();
    },
  });
}

/** What `bun:test` is cannot be changed, but what the user's files import can. */
function withoutBunTests(bun: BunNamespace, process: BunProcess): void {
  const standIn = "x-mp:no-tests";
  const { readFileSync } = process.getBuiltinModule("node:fs");
  bun.plugin({
    name: "no tests in children",
    setup(build) {
      build.module(standIn, () => ({ contents: NO_TESTS, loader: "js" }));
      // Bun takes no "as it is" for an answer, and no promise where importModule() needs the module now.
      build.onLoad({ filter: USER_SOURCES }, ({ path, loader }) => ({
        contents: withoutTests(readFileSync(path, "utf8"), standIn),
        loader,
      }));
    },
  });
}
