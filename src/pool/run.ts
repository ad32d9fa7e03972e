/** Running a task in a worker: arguments in, calls, result out. */
import { explainError } from "../functions/explain.ts";
import type { FunctionReference } from "../functions/reference.ts";
import { resolveFunction } from "../functions/resolve.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { lookup } from "../process/current.ts";
import { refusalIn } from "../process/guard.ts";
import { sendablePart } from "../process/sendable_error.ts";
import { isSubmitterAsleep } from "./completions.ts";
import { type AnyFunction, callEach, type Ending, isThenable } from "./each.ts";
import type { Functions, NumberedFunction } from "./functions.ts";
import { addMishap, type Mishaps } from "./mishaps.ts";
import { POOL, TASK } from "../tasks/layout.ts";
import { readArguments, writeResult } from "../tasks/payload.ts";
import {
  CALL,
  DIVISIBLE,
  EVERY,
  now,
  RETURNED,
  SHARED,
  THREW,
  UNREAD,
  UNSENDABLE,
  UNTIMED,
} from "../tasks/task.ts";
import { countSendable, describeUnsendable, type Unsendable, whyUnsendable } from "./unsendable.ts";

const NOTHING_BEGINS = (): void => {};
const NEVER = (): boolean => false;

/**
 * How much longer than a task a worker may look for its function, in ms: modules may take for ever, but a task of a
 * short time must not fail because its module is imported for the first time.
 */
const IMPORT_TIME = 10_000;

/** From how many ms on the rest of a chunk is worth being shared: what that costs is some 20 µs. */
const WORTH_SHARING = 0.3;

/** Runs tasks, and writes what came of them. */
export class Runner {
  readonly #member: Member;
  readonly #pool: WordIndex;
  readonly #functions: Functions;
  #stranger: AnyFunction | undefined;

  /**
   * @param member The worker.
   * @param pool The control block of the pool.
   * @param functions Where it finds functions.
   */
  constructor(member: Member, pool: WordIndex, functions: Functions) {
    this.#member = member;
    this.#pool = pool;
    this.#functions = functions;
  }

  /**
   * Runs a claimed task; its function must be known, see {@linkcode Runner.find}.
   * Returns a promise only if the task is asynchronous; it never rejects.
   */
  run(task: WordIndex): void | Promise<void> {
    const { words, plain } = this.#member.heap;
    const number = plain.get(task + TASK.functionId);
    const isTimed = words.load(task + TASK.startedAt) !== UNTIMED;
    const begin = isTimed ? () => words.store(task + TASK.startedAt, now()) : NOTHING_BEGINS;
    // Arguments can run code of a user's, too.
    begin();
    const fn = number < 0 ? this.#stranger : this.#functions.known(number);
    try {
      const payload = readArguments(this.#member, task);
      const value = number < 0 ? (payload as unknown[])[1] : payload;
      return this.#call(task, fn!, value as unknown[], begin);
    } catch (error) {
      this.fail(task, error, UNREAD);
    }
  }

  /**
   * Finds the function of a task that this worker runs for the first time; `undefined` if there is
   * nothing to find. Until it is found, the worker claims nothing else: what it would hold, nobody
   * else could run.
   *
   * @throws {SerializationError} as a rejection, if there is no such function here.
   */
  find(task: WordIndex): Promise<unknown> | undefined {
    const { words, plain } = this.#member.heap;
    const number = plain.get(task + TASK.functionId);
    if (number >= 0 && this.#functions.known(number) !== undefined) return undefined;
    if (words.load(task + TASK.startedAt) !== UNTIMED) {
      words.store(task + TASK.startedAt, now() + IMPORT_TIME);
    }
    return number < 0 ? this.#findStranger(task) : this.#functions.find(number);
  }

  /** The same for a function that this process has submitted itself, without waiting. */
  findSync(numbered: NumberedFunction): void {
    const fn = this.#functions.findSync(numbered);
    if (numbered.number < 0) this.#stranger = fn;
  }

  /** Ends a task of which nothing was called. */
  fail(task: WordIndex, error: unknown, outcome: number = THREW): void {
    // Before its first call an EACH has no values.
    const isCall = this.#member.heap.plain.get(task + TASK.kind) === CALL;
    // A main module without a guard is the reason, and not that the function could not be looked for in it.
    const thrown = refusalIn(error) ?? error;
    this.#write(task, outcome, isCall ? thrown : [[], thrown]);
  }

  async #findStranger(task: WordIndex): Promise<void> {
    const [reference] = readArguments(this.#member, task) as [FunctionReference];
    this.#stranger = await resolveFunction(reference, lookup);
  }

  #call(
    task: WordIndex,
    fn: AnyFunction,
    payload: unknown[],
    begin: () => void,
  ): void | Promise<void> {
    const kind = this.#member.heap.plain.get(task + TASK.kind);
    begin();
    if (kind !== CALL) {
      const mayStop = (kind & DIVISIBLE) === 0 ? NEVER : this.#sharing(task, payload.length);
      return this.#end(task, callEach(fn, payload, kind, begin, mayStop));
    }
    let value: unknown;
    try {
      value = fn(...payload);
    } catch (error) {
      return this.#write(task, THREW, explainError(error, fn));
    }
    if (isThenable(value)) return this.#end(task, settleOnce(fn, value));
    this.#write(task, RETURNED, value);
  }

  /**
   * Whether the rest of a chunk is worth being shared, asked after each item: others sleep, the submitter, who
   * shares it out, sees it at once, and it will take longer than that.
   */
  #sharing(task: WordIndex, length: number): (done: number) => boolean {
    const { words, plain } = this.#member.heap;
    const submitter = plain.get(task + TASK.submitter);
    const sleeping = this.#pool + POOL.sleeping;
    const begun = performance.now();
    return (done) =>
      words.load(sleeping) > 0 && isSubmitterAsleep(words, submitter) &&
      (performance.now() - begun) / done * (length - done) > WORTH_SHARING;
  }

  #end(task: WordIndex, ending: Ending | Promise<Ending>): void | Promise<void> {
    if (ending instanceof Promise) {
      return ending.then(({ outcome, value }) => this.#write(task, outcome, value));
    }
    this.#write(task, ending.outcome, ending.value);
  }

  #write(task: WordIndex, outcome: number, value: unknown): void {
    const root = outcome === RETURNED || outcome === SHARED ? "result" : "error";
    try {
      this.#store(task, outcome, value, root);
    } catch (error) {
      if (root === "error" && this.#writePart(task, outcome, value)) return;
      this.#writeUnsendable(task, outcome, value, describeUnsendable(error, root));
    }
  }

  /** Writes what can be sent of what was thrown; false if that is not why it could not be written. */
  #writePart(task: WordIndex, outcome: number, value: unknown): boolean {
    try {
      if (this.#member.heap.plain.get(task + TASK.kind) === CALL) {
        this.#store(task, outcome, this.#partOf(value), "error");
      } else {
        const [values, thrown] = value as [unknown[], unknown];
        this.#store(task, outcome, [values, this.#partOf(thrown)], "error");
      }
      return true;
    } catch {
      return false;
    }
  }

  #partOf(thrown: unknown): Error {
    return sendablePart(
      thrown,
      (value) => whyUnsendable(this.#member, value, "error") === undefined,
    );
  }

  /** The values before the one that cannot be sent are not lost with it. */
  #writeUnsendable(task: WordIndex, outcome: number, value: unknown, why: Unsendable): void {
    const kind = this.#member.heap.plain.get(task + TASK.kind);
    if (kind === CALL) {
      return this.#store(task, UNSENDABLE, why, "error");
    }
    const isEnding = outcome === RETURNED || outcome === SHARED;
    if ((kind & EVERY) !== 0 && isEnding) return this.#writeEvery(task, outcome, value);
    const values = outcome === RETURNED ? value as unknown[] : (value as [unknown[], unknown])[0];
    const count = countSendable(this.#member, values);
    const path = count < values.length && !why.path?.startsWith("result[")
      ? `result[${count}]`
      : why.path;
    try {
      this.#store(task, UNSENDABLE, [values.slice(0, count), { ...why, path }], "error");
    } catch {
      // Each of them can be sent, but there is no room for all of them.
      this.#store(task, UNSENDABLE, [[], why], "error");
    }
  }

  /** What cannot be sent of many calls is that call's mishap. */
  #writeEvery(task: WordIndex, outcome: number, value: unknown): void {
    const [values, ...others] = value as [unknown[], ...unknown[]];
    const rest = outcome === SHARED ? [others.shift()] : [];
    let [mishaps] = others as [Mishaps?];
    if (mishaps !== undefined && whyUnsendable(this.#member, mishaps.why, "error") !== undefined) {
      mishaps.why = this.#partOf(mishaps.why);
    }
    for (const [index, sent] of values.entries()) {
      const why = whyUnsendable(this.#member, sent, `result[${index}]`);
      if (why === undefined) continue;
      values[index] = undefined;
      mishaps = addMishap(mishaps, index, UNSENDABLE, () => why);
    }
    try {
      this.#store(task, outcome, [values, ...rest, mishaps], "result");
    } catch (error) {
      this.#store(task, UNSENDABLE, [[], describeUnsendable(error, "result")], "error");
    }
  }

  #store(task: WordIndex, outcome: number, value: unknown, root: string): void {
    this.#member.heap.plain.set(task + TASK.outcome, outcome);
    writeResult(this.#member, this.#pool, task, value, root);
  }
}

async function settleOnce(fn: AnyFunction, value: PromiseLike<unknown>): Promise<Ending> {
  try {
    return { outcome: RETURNED, value: await value };
  } catch (error) {
    return { outcome: THREW, value: explainError(error, fn) };
  }
}
