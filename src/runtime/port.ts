/**
 * The runtime port: what a JavaScript runtime must be able to do for us, and nothing about what it
 * is done for. One file each implements it for Deno, Bun and Node; `mod.ts` of this folder picks one.
 */

/** The address of a byte in this process, below 2^53. */
export type Address = number;

/** The C types that cross; 64-bit values are JavaScript numbers and must be safe integers. */
export type CType = "void" | "i32" | "u32" | "i64" | "address" | "bytes";

/** How one C function is called. `bytes` takes a `Uint8Array`, and `null` for a null pointer. */
export interface CSignature {
  /** The types of its parameters, in order. */
  readonly parameters: readonly CType[];
  /** The type of its result. */
  readonly result: CType;
  /** Call it on another thread; only where {@linkcode Runtime.threadedCalls} is true. */
  readonly threaded?: boolean;
}

/** A table of C functions by symbol. */
export type CSignatures = Readonly<Record<string, CSignature>>;

/** The JavaScript values of a C parameter. */
export type CValue = number | Uint8Array | null;

/** The bound functions of a table. */
export type CFunctions<S extends CSignatures> = {
  readonly [K in keyof S]: (
    ...args: CValue[]
  ) => S[K] extends { threaded: true } ? Promise<number> : number;
};

/** Where one of a child's standard streams goes. */
export type Stdio = "inherit" | "null" | "piped";

/** How a child is started. */
export interface SpawnOptions {
  /** The program; by default the one that runs this process. */
  readonly program?: string;
  /** Everything after the program's name. */
  readonly args: readonly string[];
  /** The whole environment of the child. */
  readonly env: Readonly<Record<string, string>>;
  /** Its working directory. */
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
  /** Does not keep the event loop alive. */
  unref(): void;
  /** The piped streams. */
  readonly stdin: WritableStream<Uint8Array> | null;
  /** The piped streams. */
  readonly stdout: ReadableStream<Uint8Array> | null;
  /** The piped streams. */
  readonly stderr: ReadableStream<Uint8Array> | null;
}

/**
 * The ear of this process: hears bytes that arrive at the read end of a pipe, on the event loop.
 *
 * While listening it keeps the event loop alive; at rest nothing of it is pending, so that a test
 * runner finds no operation left behind.
 */
export interface Ear {
  /** Begin to listen; `onRing` is called after each arrival, however many bytes it brought. */
  listen(): void;
  /**
   * Stop listening; resolves when nothing is pending any more.
   * Where a pending read cannot be cancelled, this calls the `ring` given at creation to end it.
   */
  rest(): Promise<void>;
}

/** What an {@linkcode Ear} needs to know. */
export interface EarOptions {
  /** The non-blocking (or, with `readThreaded`, blocking) read end of a pipe. */
  readonly fd: number;
  /** Called on the event loop after bytes have arrived and have been read. */
  readonly onRing: () => void;
  /** Writes one byte into the pipe. */
  readonly ring: () => void;
  /** `read(fd, bytes, length)` on another thread, where the runtime has threaded calls. */
  readonly readThreaded?: (fd: number, bytes: Uint8Array, length: number) => Promise<number>;
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
  /** The path of the program that runs this process. */
  readonly program: string;
  /** Whether C functions can be called on another thread. */
  readonly threadedCalls: boolean;
  /** Whether an ear wants the read end of its pipe to be non-blocking. */
  readonly earNonBlocking: boolean;

  /**
   * Binds C functions.
   *
   * @param libraries File names that the dynamic loader knows; the first that opens is taken.
   * @throws {UnsupportedError} if there is no FFI here, or no permission to use it.
   */
  bind<S extends CSignatures>(libraries: readonly string[], signatures: S): CFunctions<S>;
  /** An `ArrayBuffer` over memory that is not the engine's; it is never freed by the engine. */
  view(address: Address, byteLength: number): ArrayBuffer;
  /** The address of the first byte of `bytes`, valid until the next allocation unless it is foreign memory. */
  addressOf(bytes: Uint8Array): Address;
  /** Starts a child process. */
  spawn(options: SpawnOptions): Child;
  /** Hears a pipe. */
  ear(options: EarOptions): Ear;
  /** The environment of this process. */
  env(): Record<string, string>;
  /** Ends this process. */
  exit(code: number): never;
}
