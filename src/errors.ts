/**
 * Every error class of the module, in one place: the family below
 * {@linkcode ProcessError}, and {@linkcode LockError} for misuse.
 *
 * Misuse that a type or a range describes throws the language's own `TypeError` or `RangeError`.
 * Messages name the action, the subject, the bound and the actual value.
 */

/**
 * The base of everything that can go wrong between processes.
 *
 * @example
 * ```ts
 * import { ProcessError, Queue } from "@x/mp";
 *
 * try {
 *   await new Queue<string>().get({ timeout: 10 });
 * } catch (error) {
 *   if (!(error instanceof ProcessError)) throw error; // a mistake of ours
 *   console.log(error.name); // TimeoutError
 * }
 * ```
 */
export class ProcessError extends Error {
  /** The name of the class, also after minification. */
  override name = "ProcessError";
}

/**
 * A wait ended because its `timeout` was over.
 *
 * @example
 * ```ts
 * import { Queue, TimeoutError } from "@x/mp";
 *
 * try {
 *   await new Queue<string>().get({ timeout: 10 });
 * } catch (error) {
 *   console.log(error instanceof TimeoutError); // true
 * }
 * ```
 */
export class TimeoutError extends ProcessError {
  /** The name of the class, also after minification. */
  override name = "TimeoutError";
}

/**
 * The object was closed before the operation, or while it was waiting.
 *
 * @example
 * ```ts
 * import { ClosedError, Queue } from "@x/mp";
 *
 * const queue = new Queue<string>();
 * queue.close();
 * await queue.put("late").catch((error) => console.log(error instanceof ClosedError)); // true
 * ```
 */
export class ClosedError extends ProcessError {
  /** The name of the class, also after minification. */
  override name = "ClosedError";
}

/**
 * The other end of a connection is gone and everything it sent has been received.
 *
 * @example
 * ```ts
 * import { EOFError, pipe } from "@x/mp";
 *
 * const [here, there] = pipe();
 * there.close();
 * await here.recv().catch((error) => console.log(error instanceof EOFError)); // true
 * ```
 */
export class EOFError extends ProcessError {
  /** The name of the class, also after minification. */
  override name = "EOFError";
}

/**
 * There is nothing of this name.
 *
 * @example
 * ```ts
 * import { NotFoundError, SharedMemory } from "@x/mp";
 *
 * try {
 *   SharedMemory.open("nobody-made-this");
 * } catch (error) {
 *   console.log(error instanceof NotFoundError); // true
 * }
 * ```
 */
export class NotFoundError extends ProcessError {
  /** The name of the class, also after minification. */
  override name = "NotFoundError";
}

/**
 * There is something of this name already.
 *
 * @example
 * ```ts
 * import { AlreadyExistsError, SharedMemory } from "@x/mp";
 *
 * using first = SharedMemory.create({ size: 4096 });
 * try {
 *   SharedMemory.create({ name: first.name, size: 4096 });
 * } catch (error) {
 *   console.log(error instanceof AlreadyExistsError); // true
 * }
 * ```
 */
export class AlreadyExistsError extends ProcessError {
  /** The name of the class, also after minification. */
  override name = "AlreadyExistsError";
}

/**
 * Nobody can receive what was sent: the other end of the connection is gone.
 *
 * @example
 * ```ts
 * import { BrokenPipeError, pipe } from "@x/mp";
 *
 * const [here, there] = pipe();
 * there.close();
 * await here.send("hello?").catch((error) => console.log(error instanceof BrokenPipeError)); // true
 * ```
 */
export class BrokenPipeError extends ProcessError {
  /** The name of the class, also after minification. */
  override name = "BrokenPipeError";
}

/**
 * The barrier was aborted, reset, or left by a party before everybody had arrived.
 *
 * @example
 * ```ts
 * import { Barrier, BrokenBarrierError } from "@x/mp";
 *
 * const barrier = new Barrier(2);
 * const waiting = barrier.wait().catch((error) => console.log(error instanceof BrokenBarrierError)); // true
 * barrier.abort();
 * await waiting;
 * ```
 */
export class BrokenBarrierError extends ProcessError {
  /** The name of the class, also after minification. */
  override name = "BrokenBarrierError";
}

/**
 * A value cannot cross between processes.
 *
 * @example
 * ```ts
 * import { Queue, SerializationError } from "@x/mp";
 *
 * try {
 *   await new Queue<unknown>().put({ items: [1, () => 2] });
 * } catch (error) {
 *   if (error instanceof SerializationError) console.log(error.path); // value.items[1]
 * }
 * ```
 */
export class SerializationError extends ProcessError {
  /** The name of the class, also after minification. */
  override name = "SerializationError";
  /** Where in the value the culprit lies, as an expression: `args[0].onClick`. */
  readonly path: string;

  /**
   * Makes the error of a value that cannot cross.
   *
   * @param message What cannot cross, and why.
   * @param path Where in the value it lies.
   */
  constructor(message: string, path = "", options?: ErrorOptions) {
    super(message, options);
    this.path = path;
  }
}

/**
 * Another process authenticated with a wrong key, or not at all.
 *
 * @example
 * ```ts
 * import { AuthenticationError, Manager } from "@x/mp";
 *
 * if (import.meta.main) {
 *   using manager = new Manager({ address: { port: 0 }, authKey: "sesame" });
 *   const address = (await manager.address())!;
 *   const guest = Manager.connect(address, { authKey: "barley" });
 *   await guest.catch((error) => console.log(error instanceof AuthenticationError)); // true
 * }
 * ```
 */
export class AuthenticationError extends ProcessError {
  /** The name of the class, also after minification. */
  override name = "AuthenticationError";
}

/**
 * There is not enough shared memory for what was asked.
 *
 * It is thrown before anything is taken: a machine that is full does not crash who asks.
 *
 * @example
 * ```ts
 * import { OutOfMemoryError, sharedArray } from "@x/mp";
 *
 * try {
 *   using _large = sharedArray("uint8", 2 ** 38); // 256 GiB; Bun, whose views end at 4 GiB, says UnsupportedError
 * } catch (error) {
 *   console.log(error instanceof OutOfMemoryError); // true
 * }
 * ```
 */
export class OutOfMemoryError extends ProcessError {
  /** The name of the class, also after minification. */
  override name = "OutOfMemoryError";
}

/**
 * This platform, runtime or permission set cannot do what was asked; the message says what to do.
 *
 * @example
 * ```ts
 * import { Manager, UnsupportedError } from "@x/mp";
 *
 * if (import.meta.main) {
 *   try {
 *     using manager = new Manager({ address: { port: 0 }, authKey: "sesame" });
 *     using remote = await Manager.connect((await manager.address())!, { authKey: "sesame" });
 *     const dict = await remote.dict([["a", 1]]);
 *     dict.getSync("a"); // replies of a socket come on the event loop
 *   } catch (error) {
 *     if (!(error instanceof UnsupportedError)) throw error;
 *     console.log(error.message); // … use the method without Sync
 *   }
 * }
 * ```
 */
export class UnsupportedError extends ProcessError {
  /** The name of the class, also after minification. */
  override name = "UnsupportedError";
}

/**
 * A lock was used in a way that its state forbids.
 *
 * @example
 * ```ts
 * import { Lock, LockError } from "@x/mp";
 *
 * try {
 *   new Lock().release();
 * } catch (error) {
 *   console.log(error instanceof LockError); // true: nobody had acquired it
 * }
 * ```
 */
export class LockError extends Error {
  /** The name of the class, also after minification. */
  override name = "LockError";
}

/** How a process that died ended. */
export interface DeathReport {
  /** The process id. */
  pid: number | undefined;
  /** The exit code; `-N` when signal N killed it; `null` when nobody could tell. */
  exitCode: number | null;
  /** The name of the signal that killed it, as in `"SIGKILL"`. */
  signal: string | null;
  /** What it was to do, in words, as in `function "fib"`. */
  task?: string;
}

/**
 * A process ended before it had delivered what was waited for.
 *
 * @example
 * ```ts
 * import { Process, ProcessDiedError } from "@x/mp";
 *
 * export function wait(): Promise<void> {
 *   return new Promise((resolve) => setTimeout(resolve, 60_000));
 * }
 *
 * if (import.meta.main) {
 *   const child = new Process(wait).start();
 *   child.kill();
 *   const error = await child.result.catch((error) => error);
 *   if (error instanceof ProcessDiedError) console.log(error.pid === child.pid, error.signal); // true SIGKILL
 * }
 * ```
 */
export class ProcessDiedError extends ProcessError {
  /** The name of the class, also after minification. */
  override name = "ProcessDiedError";
  /** The id of the process that died. */
  readonly pid: number | undefined;
  /** Its exit code; `-N` when signal N killed it. */
  readonly exitCode: number | null;
  /** The name of the signal that killed it. */
  readonly signal: string | null;
  /** What it was to do, in words, as in `function "fib"`; `undefined` if nobody could tell. */
  readonly task: string | undefined;

  /**
   * Makes the error of a process that died.
   *
   * @param message What was waited for.
   * @param report How the process ended.
   */
  constructor(message: string, report: DeathReport, options?: ErrorOptions) {
    super(message, options);
    this.pid = report.pid;
    this.exitCode = report.exitCode;
    this.signal = report.signal;
    this.task = report.task;
  }
}

/** What is known of a process in which an error was thrown. */
export interface RemoteOrigin {
  /** The id of the process that threw. */
  pid: number;
  /** The name of the process that threw. */
  processName?: string;
}

/**
 * Something was thrown in another process.
 *
 * `name`, `message`, `stack` and own fields are those of the error over there; `cause` is that error
 * itself, as it was received, an instance of its class if that is one of the language or of this module.
 * If it had come from a third process, `cause` and `pid` are of the one where it was thrown first, and `stack` tells
 * the whole way.
 *
 * @example
 * ```ts
 * import { Process, RemoteError } from "@x/mp";
 *
 * export function fail(): void {
 *   throw new RangeError("too much");
 * }
 *
 * if (import.meta.main) {
 *   const error = await new Process(fail, { stderr: "null" }).start().result.catch((error) => error);
 *   console.log(error instanceof RemoteError, error.name, error.cause instanceof RangeError); // true RangeError true
 * }
 * ```
 */
export class RemoteError extends ProcessError {
  /** The name of the error in the other process, as in `"RangeError"`. */
  override name = "RemoteError";
  /** The id of the process that threw it first. */
  readonly pid: number;
  /** Which item it was thrown for, counted from 0; `undefined` where there were no items. */
  index?: number;
  /** The stack as the other process saw it; without its middle, where it has come a long way. */
  readonly remoteStack: string;

  /**
   * Makes the error of what another process threw.
   *
   * @param thrown What was thrown over there, as received.
   * @param origin Where it was thrown.
   */
  constructor(thrown: unknown, origin: RemoteOrigin) {
    // One that is passed on from process to process must not grow with each by all that it was before.
    const relayed = thrown instanceof RemoteError ? thrown : undefined;
    const cause = relayed === undefined ? thrown : relayed.cause;
    super(thrown instanceof Error ? thrown.message : textOf(thrown), { cause });
    this.pid = relayed?.pid ?? origin.pid;
    const stack = thrown instanceof Error ? String(thrown.stack ?? "") : "";
    this.remoteStack = relayed === undefined ? stack : withoutMiddle(stack);
    if (thrown instanceof Error) {
      for (const key of Object.keys(thrown)) {
        if (!(key in this)) {
          Object.defineProperty(this, key, {
            value: (thrown as unknown as Record<string, unknown>)[key],
            enumerable: true,
            configurable: true,
            writable: true,
          });
        }
      }
      this.name = thrown.name;
    }
    const where = origin.processName === undefined
      ? `process ${origin.pid}`
      : `${origin.processName} (process ${origin.pid})`;
    if (this.remoteStack !== "") {
      this.stack = `${this.remoteStack}\n    in ${where}\n${this.stack ?? ""}`;
    }
  }
}

/** How much of a stack is kept at either end, in characters. */
const KEPT_STACK = 16_384;

/** A long stack: where it begins and where it ends. */
function withoutMiddle(stack: string): string {
  if (stack.length <= 3 * KEPT_STACK) return stack;
  const head = stack.slice(0, KEPT_STACK);
  const tail = stack.slice(-KEPT_STACK);
  const left = head.slice(0, head.lastIndexOf("\n"));
  return `${left}\n    …\n${tail.slice(tail.indexOf("\n") + 1)}`;
}

/** What was thrown, and is no error, in words. */
function textOf(thrown: unknown): string {
  try {
    const text = String(thrown);
    if (text !== "[object Object]") return text;
    const json = JSON.stringify(thrown);
    return `threw ${json.length > 200 ? `${json.slice(0, 199)}…` : json}, which is no Error`;
  } catch {
    return Object.prototype.toString.call(thrown);
  }
}
