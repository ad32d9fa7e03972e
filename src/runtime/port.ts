/**
 * The runtime port: what a JavaScript runtime must be able to do for us, and nothing about what it
 * is done for. One file each implements it for Deno, Bun and Node; `mod.ts` of this folder picks one.
 */

/** The address of a byte in this process, below 2^53; 0 is the null pointer. */
export type Address = number;

/**
 * The C types that cross. 64-bit values are JavaScript numbers and must be safe integers;
 * `bytes` takes a `Uint8Array`, and `null` for a null pointer.
 */
export type CType = "void" | "i32" | "i64" | "address" | "bytes";

/** How one C function is called. */
export interface CSignature {
  /** The types of its parameters, in order. */
  readonly parameters: readonly CType[];
  /** The type of its result. */
  readonly result: "void" | "i32" | "i64" | "address";
}

/** A table of C functions by symbol. */
export type CSignatures = Readonly<Record<string, CSignature>>;

/** A JavaScript value for a C parameter. */
export type CValue = number | Uint8Array | null;

/** The bound functions of a table. */
export type CFunctions<S extends CSignatures> = {
  readonly [K in keyof S]: (...args: CValue[]) => number;
};

/** Where one of a child's standard streams goes. */
export type Stdio = "inherit" | "null" | "piped";

/** How a child is started. */
export interface SpawnOptions {
  /** The program to run. */
  readonly program: string;
  /** Everything after the program's name. */
  readonly args: readonly string[];
  /** The whole environment of the child; by default this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Its working directory; by default this process's own. */
  readonly cwd?: string;
  /** Its standard input. */
  readonly stdin: Stdio;
  /** Its standard output. */
  readonly stdout: Stdio;
  /** Its standard error. */
  readonly stderr: Stdio;
}

/** How a child ended, alike on all runtimes. */
export interface ExitStatus {
  /** The exit code; `-N` when signal N killed it. */
  readonly code: number;
  /** The signal's name, as in `"SIGKILL"`, or `null`. */
  readonly signal: string | null;
}

/** A child process as its runtime sees it. */
export interface Child {
  /** Its process id. */
  readonly pid: number;
  /** Settles once, when it has ended; never rejects. */
  readonly exited: Promise<ExitStatus>;
  /** Keeps the event loop alive until it has ended. */
  ref(): void;
  /** Does not keep the event loop alive, but for an output stream that somebody has asked for. */
  unref(): void;
  /** The writable end of its standard input, if that is piped. */
  readonly stdin: WritableStream<Uint8Array> | null;
  /** What it writes to its standard output, if that is piped. */
  readonly stdout: ReadableStream<Uint8Array> | null;
  /** What it writes to its standard error, if that is piped. */
  readonly stderr: ReadableStream<Uint8Array> | null;
}

/** What is needed to hear a pipe on the event loop. */
export interface EarOptions {
  /** The read end of a pipe, non-blocking. */
  readonly fd: number;
  /**
   * Called on the event loop after bytes have arrived and have been read: once for many rings, and at
   * times without one. Must not throw.
   */
  readonly onRing: () => void;
}

/**
 * The ear of this process: hears bytes that arrive at the read end of a pipe, on the event loop.
 *
 * While it listens it keeps the event loop alive; at rest nothing of it is pending, so that a test
 * runner finds no operation left behind.
 */
export interface Ear {
  /** Begin to listen. */
  listen(): void;
  /** Stop listening; resolves when nothing is pending any more, or will be in the next turn of the event loop. */
  rest(): Promise<void>;
}

/** Where a socket is: a path, or a host and a port. */
export interface SocketAddress {
  /** The path of a Unix socket. */
  readonly path?: string;
  /** The host of a TCP socket. */
  readonly host?: string;
  /** Its port; 0 for any. */
  readonly port?: number;
}

/** One connection. */
export interface Wire {
  /** How many bytes were written that the machine has not taken yet. */
  readonly backlog: number;
  /** Sends bytes, which must not change afterwards; nothing happens when it is closed. */
  write(bytes: Uint8Array): void;
  /** Closes it when everything was sent. */
  end(): void;
  /** Closes it at once. */
  destroy(): void;
  /** It keeps the event loop alive. */
  ref(): void;
  /** It does not keep the event loop alive. */
  unref(): void;
}

/** What comes of a connection. */
export interface SocketEvents {
  /** Bytes have come; they are nobody's after this call. */
  data(bytes: Uint8Array): void;
  /** It is closed, by whom or what ever; called once. */
  closed(): void;
}

/** Somebody who takes connections. */
export interface SocketListener {
  /** Where: with the port that was chosen. */
  readonly address: SocketAddress;
  /** Takes no more connections; resolves when those that there were are closed. */
  close(): Promise<void>;
}

/** Connections to unrelated processes. */
export interface Sockets {
  /**
   * Takes connections.
   *
   * @param onWire Called for each.
   * @throws {UnsupportedError} if the address cannot be had, or without the permission; it says which.
   */
  listen(address: SocketAddress, onWire: (wire: Wire) => SocketEvents): Promise<SocketListener>;
  /**
   * Makes a connection; call `attach` before anything else is waited for.
   *
   * @throws {UnsupportedError} if nobody listens, or without the permission; it says which.
   */
  connect(address: SocketAddress): Promise<{ wire: Wire; attach(events: SocketEvents): void }>;
}

/** How to start a child that runs our entry module as this process runs its own main module. */
export interface Launch {
  /** The command line of this process, as the kernel keeps it. */
  readonly commandLine: readonly string[];
  /** The URL of the module that the child runs. */
  readonly entry: string;
  /** What the child finds behind its script name. */
  readonly ticket: string;
  /** The working directory that the child is started in. */
  readonly cwd: string;
  /** Whether there is a file at a path. */
  exists(path: string): boolean;
  /**
   * The URLs of modules that the child will import, and in front of them of one of ours that must run
   * before; for runtimes that let a program import its own modules, but not others' by their URLs.
   */
  readonly modules?: readonly string[];
}

/** What a runtime can do. */
export interface Runtime {
  /** Which runtime this is. */
  readonly name: "deno" | "bun" | "node";
  /** Its version, as in `"2.9.6"`. */
  readonly version: string;
  /** The operating system, as in `"linux"`. */
  readonly os: string;
  /** The processor, `"x64"` or `"arm64"`. */
  readonly arch: string;
  /** The process id. */
  readonly pid: number;
  /** Whether this program was compiled into one file that is its own runtime. */
  readonly standalone: boolean;
  /** The largest view that can be made, in bytes. */
  readonly largestView: number;

  /**
   * Binds C functions.
   *
   * @param libraries File names that the dynamic loader knows; the first that opens is taken.
   * @throws {UnsupportedError} if there is no FFI here, or no permission to use it.
   */
  bind<const S extends CSignatures>(libraries: readonly string[], signatures: S): CFunctions<S>;
  /** An `ArrayBuffer` over memory that is not the engine's; the engine never frees it. */
  view(address: Address, byteLength: number): ArrayBuffer;
  /** The address of the first byte; of engine memory it is valid only until the next allocation. */
  addressOf(bytes: Uint8Array): Address;
  /** Hears a pipe. */
  ear(options: EarOptions): Ear;
  /** Connections to unrelated processes. */
  sockets(): Sockets;
  /**
   * Starts a child process.
   *
   * @throws {UnsupportedError} without the permission to run programs.
   */
  spawn(options: SpawnOptions): Child;
  /** The arguments with which a child runs an entry module as this process runs its own. */
  launchArgs(launch: Launch): string[];
  /** What stands behind the script's name on this process's command line. */
  scriptArgs(): readonly string[];
  /** The URL or path of the module that this process was started with; `undefined` if none is known. */
  mainModule(): string | undefined;
  /** Begins to note which modules are imported; the result tells their URLs or paths. */
  watchModules(): () => Iterable<string>;
  /** Imports a module by its URL, and has it known what its main code does: see `main_code.ts`. */
  importModule(url: string): Promise<Record<string, unknown>>;
  /**
   * Evaluates a module of ours at once, in the middle of other code. It must await nothing.
   *
   * @throws {Error} where that cannot be: of no file, or without the permission to read.
   */
  loadNow(url: string): void;
  /** Keeps what is compiled of the modules that are imported from now on, for the next process. */
  cacheCode(): void;
  /** Lets modules of tests be imported here without registering any. */
  withoutTests(): void;
  /** The working directory of this process, if this runtime tells it to everybody. */
  folder(): string | undefined;
  /** Makes a folder the working directory; false if the kernel's is the only one there is. */
  enterFolder(path: string): boolean;
  /** The environment of this process. */
  env(): Record<string, string>;
  /**
   * Waits until everything has been written that was written to the standard streams.
   *
   * @param isDuplicated Whether another descriptor of this process refers to the same file.
   */
  flush(isDuplicated: (fd: number) => boolean): Promise<void>;
  /** Ends this process, as the runtime's own call for it does; by default with the code set there. */
  exit(code?: number): never;
  /**
   * Where the runtime's own end can hang: says what ends this process once everybody has been told, with an exit code.
   */
  endBy(end: (code: number) => void): void;
  /**
   * Where the runtime would go on: a rejection that nobody handles ends this process with 1, unless somebody listens
   * for it or a flag says what becomes of it.
   */
  endByRejections(): void;
  /** Calls back when this process is about to end in an orderly way, also by {@linkcode exit}. */
  onExit(callback: () => void): void;
}
