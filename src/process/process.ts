/** A process that this one starts. */
import { refuseClass } from "../codec/write_builtin.ts";
import { ProcessError } from "../errors.ts";
import { describeClass, describeFunction } from "../functions/describe.ts";
import { type FunctionReference, quoted } from "../functions/reference.ts";
import { NOBODY, type OwnerId } from "../memory/owner_id.ts";
import { member } from "../parking/member.ts";
import { registerReadiness } from "../parking/readiness.ts";
import { deadlineOf, throwIfAborted, type WaitOptions } from "../parking/waitable.ts";
import type { ExitStatus, Stdio } from "../runtime/port.ts";
import { signalName } from "../runtime/signals.ts";
import { currentProcess, mainModule, nextChildName } from "./current.ts";
import { checkedName, checkProcessOptions } from "./checks.ts";
import { endsWithin } from "./ending.ts";
import { assertMayStart } from "./guard.ts";
import { closed, settleWith } from "./outcome.ts";
import type { Payload, Request } from "./request.ts";
import { startChild, type StartedChild } from "./start.ts";
import { inspectable } from "../runtime/inspection.ts";

/** How a process is started; everything has a default. */
export interface ProcessOptions<A extends readonly unknown[] = readonly unknown[]> {
  /** The arguments of the target. They are copied; shared things travel as handles. */
  readonly args?: A;
  /** What it is called; by default `Process-1` and so on. */
  readonly name?: string;
  /** Whether it ends when this process ends in an orderly way; by default as this process is. */
  readonly daemon?: boolean;
  /** Its working directory; by default this process's. */
  readonly cwd?: string;
  /** What its environment has besides this process's own; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Its standard input; by default nothing can be read there. */
  readonly stdin?: Stdio;
  /** Its standard output; by default this process's. */
  readonly stdout?: Stdio;
  /** Its standard error; by default this process's. */
  readonly stderr?: Stdio;
  /** Terminates it when aborted. */
  readonly signal?: AbortSignal;
}

const SIGINT = 2;
const SIGKILL = 9;
const SIGTERM = 15;

const active: Set<Process> = new Set();

/**
 * The processes that this one has started and that have not ended.
 *
 * @example
 * ```ts
 * import { activeChildren, Process } from "@x/mp";
 *
 * export function work(): void {}
 *
 * if (import.meta.main) {
 *   new Process(work).start();
 *   for (const child of activeChildren()) await child.join();
 * }
 * ```
 */
export function activeChildren(): Process[] {
  return [...active].filter((process) => process.isAlive);
}

/** The name of a started process in shared words; for the layers above. */
export let ownerOfProcess: (process: Process) => OwnerId;

/** Why a process that has ended has no result, also before the promise of that has said so; for the layers above. */
export let failureOfProcess: (process: Process) => unknown;

/**
 * This process as the subclass that its parent has started: an instance with the fields that travelled.
 * The subclass's constructor had its turn in the parent.
 */
// deno-lint-ignore ban-types
export let reviveProcess: (subclass: Function, fields: object) => Process;

/**
 * A process of the operating system that runs a function of ours.
 *
 * - Its target's value arrives as {@linkcode Process.result}, whatever its size.
 * - It ends when its target has returned, or the promise that this returned has settled: timers, sockets and servers
 *   that are left do not keep it, only processes of its own that are no daemons, and what it has still to write do.
 * - It dies with its parent, however that ends.
 * - Its death at any moment costs nobody else anything: {@linkcode Process.result} rejects, locks that it
 *   held pass on as abandoned.
 *
 * Modelled on Python's `multiprocessing.Process`.
 *
 * @example Call a function in a process of its own
 * ```ts
 * import { Process } from "@x/mp";
 *
 * export function add(a: number, b: number): number {
 *   return a + b;
 * }
 *
 * if (import.meta.main) {
 *   const process = new Process(add, { args: [2, 3] }).start();
 *   console.log(await process.result); // 5
 *   await process.join();
 * }
 * ```
 */
export class Process<A extends readonly unknown[] = never, R = unknown> implements AsyncDisposable {
  // Neither knows A or R, so that any process is a Process to whoever keeps several.
  readonly #options: ProcessOptions;
  readonly #result: PromiseWithResolvers<unknown> = Promise.withResolvers();
  readonly #target: FunctionReference | undefined;
  readonly #isClass: boolean;
  #isSelf = false;
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();
  #name: string;
  #daemon: boolean;
  #child: StartedChild | undefined;
  #status: ExitStatus | undefined;
  #failure: unknown;
  #closed = false;
  #joining = 0;

  static {
    ownerOfProcess = (process) => process.#child?.owner ?? NOBODY;
    failureOfProcess = (process) => process.#failure;
    reviveProcess = (subclass, fields) => {
      const { name, daemon } = currentProcess();
      const process: Process = Reflect.construct(Process, [undefined, { name, daemon }], subclass);
      process.#isSelf = true;
      return Object.defineProperties(process, Object.getOwnPropertyDescriptors(fields));
    };
  }

  /**
   * Prepares a process; {@linkcode Process.start} starts it.
   *
   * @param target What it runs: an exported function, one registered with `task()`, or one that needs
   * nothing but its arguments. Without it, {@linkcode Process.run} of a subclass is what it runs.
   * @param options How it is started.
   * @throws {TypeError} if `target` is not a function that can be found again, if there are a target and a
   * `run()` of a subclass, or if an option is not what it must be.
   */
  constructor(target?: () => R, options?: ProcessOptions<readonly []>);
  /** The same with a target that needs arguments. */
  constructor(target: (...args: A) => R, options: ProcessOptions<A> & { readonly args: A });
  constructor(target?: (...args: A) => R, options: ProcessOptions<A> = {}) {
    checkProcessOptions(options as Readonly<Record<string, unknown>>);
    this.#options = { ...options, args: options.args ?? [] };
    this.#name = checkedName(options.name ?? nextChildName());
    this.#daemon = options.daemon ?? currentProcess().daemon;
    this.#isClass = target === undefined && new.target !== Process;
    if (target !== undefined && new.target.prototype.run !== Process.prototype.run) {
      throw new TypeError(
        `Cannot make "${this.#name}": ${new.target.name} has a run() of its own, which is what it runs, ` +
          "and was given a target besides",
      );
    }
    if (target !== undefined) this.#target = describeFunction(target, undefined, mainModule());
    else if (this.#isClass) this.#target = describeClass(new.target, undefined, mainModule());
    // Whoever asks for the result gets the rejection; who does not has the exit code.
    this.#result.promise.catch(() => {});
  }

  /**
   * What a subclass runs in the new process.
   *
   * There, `this` is an instance with the same fields, as far as they are properties of the object: they are
   * copied like arguments. Private fields (`#field`) do not travel. Its name and pid are those of the process.
   *
   * @returns What {@linkcode Process.result} resolves with.
   */
  run(): unknown {
    return undefined;
  }

  /**
   * Starts the process; returns at once.
   *
   * @throws {SerializationError} if an argument cannot be sent; no process is left behind.
   * @throws {ProcessError} if it was started before, or while the module of a child is still being imported.
   * @throws {UnsupportedError} without the permission to start processes.
   */
  start(): this {
    if (this.#closed) throw closed("start", this.#name);
    if (this.#child !== undefined || this.#isSelf) {
      throw new ProcessError(`Cannot start "${this.#name}": it was started before`);
    }
    assertMayStart(`start "${this.#name}"`);
    this.#options.signal?.throwIfAborted();
    const child = startChild(this.#request(), this.#payload(), this.#options);
    this.#child = child;
    active.add(this);
    if (this.#daemon) child.child.unref();
    void child.child.exited.then((status) => {
      this.#finish(child, status);
      this.#ended.resolve();
    });
    this.#options.signal?.addEventListener("abort", this.#onAbort, { once: true });
    return this;
  }

  /**
   * Waits until the process has ended; can be called any number of times.
   *
   * @param wait How long to wait.
   * @returns Whether it has ended; false if the time was over. How it ended is in
   * {@linkcode Process.exitCode} and {@linkcode Process.result}: a failure over there does not throw here.
   * @throws {ProcessError} if it was not started.
   * @throws The signal's reason, if that aborted the wait.
   */
  async join(wait?: WaitOptions): Promise<boolean> {
    const { child } = this.#started("join");
    // Somebody waits: a daemon, too, keeps the event loop alive now.
    this.#joining++;
    child.ref();
    try {
      return await endsWithin(this.#ended.promise, wait);
    } finally {
      this.#joining--;
      if (this.#daemon && this.#joining === 0) child.unref();
    }
  }

  /**
   * Waits until the process has ended, and blocks this thread meanwhile.
   *
   * @param wait How long to wait; its signal cannot abort a wait that blocks, and is looked at before.
   * @returns Whether it has ended; false if the time was over.
   * @throws {ProcessError} if it was not started.
   */
  joinSync(wait?: WaitOptions): boolean {
    const { child } = this.#started("join");
    const deadline = deadlineOf(wait);
    throwIfAborted(wait);
    while (this.isAlive) {
      const rest = deadline - performance.now();
      if (rest <= 0) return false;
      member().heap.platform.waitExit(child.pid, rest);
    }
    return true;
  }

  /**
   * What the target returned, or what its promise resolved with.
   *
   * Rejects with `RemoteError` if it threw, and with `ProcessDiedError` if the process ended before it
   * had returned, and with `SerializationError` if what it returned cannot be sent. Settles when the process
   * has ended. Of a daemon, waiting for {@linkcode Process.join} keeps this process alive, and this does not.
   */
  get result(): Promise<Awaited<R>> {
    return this.#result.promise as Promise<Awaited<R>>;
  }

  /** The process id; `undefined` before the start. */
  get pid(): number | undefined {
    return this.#isSelf ? currentProcess().pid : this.#child?.child.pid;
  }

  /** How it ended: an exit code, or `-N` if signal N killed it; `null` as long as it has not. */
  get exitCode(): number | null {
    this.#look();
    return this.#status?.code ?? null;
  }

  /** The signal that killed it, as in `"SIGKILL"`; `null` if none did. */
  get signal(): string | null {
    this.#look();
    return this.#status?.signal ?? null;
  }

  /** Whether it was started and has not ended. */
  get isAlive(): boolean {
    this.#look();
    return this.#isSelf || (this.#child !== undefined && this.#status === undefined);
  }

  /** What it is called; cannot be changed after the start. */
  get name(): string {
    return this.#name;
  }

  set name(name: string) {
    this.#unstarted("name");
    this.#name = checkedName(name);
  }

  /** Whether it ends when this process ends in an orderly way; cannot be changed after the start. */
  get daemon(): boolean {
    return this.#daemon;
  }

  set daemon(daemon: boolean) {
    this.#unstarted("daemon");
    this.#daemon = Boolean(daemon);
  }

  /** Its standard input, if that is `"piped"`. */
  get stdin(): WritableStream<Uint8Array> | null {
    return this.#child?.child.stdin ?? null;
  }

  /** What it writes to its standard output, if that is `"piped"`: it waits with its end until that is read. */
  get stdout(): ReadableStream<Uint8Array> | null {
    return this.#child?.child.stdout ?? null;
  }

  /** What it writes to its standard error, if that is `"piped"`. */
  get stderr(): ReadableStream<Uint8Array> | null {
    return this.#child?.child.stderr ?? null;
  }

  /** Asks it to end (SIGTERM). Nothing happens if it has ended. */
  terminate(): void {
    this.#send("terminate", SIGTERM);
  }

  /** Ends it at once (SIGKILL). Nothing happens if it has ended. */
  kill(): void {
    this.#send("kill", SIGKILL);
  }

  /** Interrupts it as Ctrl-C would (SIGINT). Nothing happens if it has ended. */
  interrupt(): void {
    this.#send("interrupt", SIGINT);
  }

  /**
   * Says that this object is not needed any more: to start, join or signal it later throws `ClosedError`. What
   * is known of it can still be read. A second call does nothing.
   *
   * @throws {ProcessError} if the process is still alive.
   */
  close(): void {
    if (this.isAlive) {
      throw new ProcessError(`Cannot close "${this.#name}": it is still alive; join it first`);
    }
    this.#closed = true;
  }

  /** Terminates the process if it is alive, and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child !== undefined && !this.#closed) {
      this.terminate();
      await this.join();
    }
    this.#closed = true;
  }

  #request(): Request {
    const target = this.#target;
    const kind = this.#isClass ? "run" : "call";
    return {
      name: this.#name,
      daemon: this.#daemon,
      parent: currentProcess(),
      work: target === undefined ? { kind: "nothing" } : { kind, target },
    };
  }

  #payload(): Payload {
    // The own fields of a subclass travel; this class has none that can be seen.
    if (this.#isClass) return { root: "this", value: { ...this } };
    return { root: "args", value: this.#options.args };
  }

  /** A look at the kernel: the exit event comes only when the event loop turns. */
  #look(): void {
    if (this.#child === undefined || this.#status !== undefined) return;
    const code = member().heap.platform.peekExit(this.#child.child.pid);
    if (code === undefined) return;
    this.#finish(this.#child, { code, signal: code < 0 ? signalName(-code) : null });
  }

  #finish(child: StartedChild, status: ExitStatus): void {
    if (this.#status !== undefined) return;
    this.#status = status;
    active.delete(this);
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    const { resolve, reject } = this.#result;
    const settler = {
      resolve,
      reject: (error: unknown) => {
        this.#failure = error;
        reject(error);
      },
    };
    const task = this.#target && quoted(this.#target);
    settleWith(settler, child, { name: this.#name, pid: child.child.pid, status, task });
  }

  readonly #onAbort = (): void => this.terminate();

  #send(act: string, signal: number): void {
    const { child } = this.#started(act);
    if (this.isAlive) member().heap.platform.kill(child.pid, signal);
  }

  #started(act: string): StartedChild {
    if (this.#closed) throw closed(act, this.#name);
    if (this.#child === undefined) {
      const reason = this.#isSelf ? "it is this very process" : "it was not started";
      throw new ProcessError(`Cannot ${act} "${this.#name}": ${reason}`);
    }
    return this.#child;
  }

  #unstarted(what: string): void {
    if (this.#closed) throw closed(`set the ${what} of`, this.#name);
    if (this.#child === undefined && !this.#isSelf) return;
    throw new ProcessError(`Cannot set the ${what} of "${this.#name}": it was started`);
  }
}
refuseClass(Process.prototype, "Process", "only who started it has it: send its pid");

registerReadiness(Process.prototype, (process) => {
  if (process.pid === undefined) {
    throw new ProcessError(`Cannot wait for "${process.name}": it was not started`);
  }
  return {
    isReady: () => !process.isAlive,
    until: (signal) => process.join({ signal }),
  };
});

inspectable(Process.prototype, ["name", "pid", "isAlive", "exitCode"]);
