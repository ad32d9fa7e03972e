/** Running a task in a worker: arguments in, calls, result out. */
import type { SerializationError } from "../errors.ts";
import { explainError } from "../functions/explain.ts";
import type { FunctionReference } from "../functions/reference.ts";
import { resolveFunction } from "../functions/resolve.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { lookup } from "../process/current.ts";
import type { Functions, NumberedFunction } from "./functions.ts";
import { TASK } from "./layout.ts";
import { readArguments, writeResult } from "./payload.ts";
import { CALL, EACH_SPREAD, now, RETURNED, THREW, UNSENDABLE, UNTIMED } from "./task.ts";

// deno-lint-ignore ban-types
type AnyFunction = Function;

/** What came of a task. */
interface Ending {
  readonly outcome: number;
  readonly value: unknown;
}

const NOTHING_BEGINS = (): void => {};

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
    const number = this.#member.heap.plain.get(task + TASK.functionId);
    const fn = number < 0 ? this.#stranger : this.#functions.known(number);
    try {
      const payload = readArguments(this.#member, task);
      return this.#call(task, fn!, number < 0 ? (payload as unknown[])[1] : payload);
    } catch (error) {
      this.fail(task, error);
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
    const number = this.#member.heap.plain.get(task + TASK.functionId);
    if (number < 0) return this.#findStranger(task);
    return this.#functions.known(number) === undefined ? this.#functions.find(number) : undefined;
  }

  /** The same for a function that this process has submitted itself, without waiting. */
  findSync(numbered: NumberedFunction): void {
    const fn = this.#functions.findSync(numbered);
    if (numbered.number < 0) this.#stranger = fn;
  }

  /** Ends a task with an error of its own. */
  fail(task: WordIndex, error: unknown): void {
    // Before its first call an EACH has no values.
    const isCall = this.#member.heap.plain.get(task + TASK.kind) === CALL;
    this.#write(task, THREW, isCall ? error : [[], error]);
  }

  async #findStranger(task: WordIndex): Promise<void> {
    const [reference] = readArguments(this.#member, task) as [FunctionReference];
    this.#stranger = await resolveFunction(reference, lookup);
  }

  #call(task: WordIndex, fn: AnyFunction, payload: unknown): void | Promise<void> {
    const { words, plain } = this.#member.heap;
    const kind = plain.get(task + TASK.kind);
    const isTimed = words.load(task + TASK.startedAt) !== UNTIMED;
    const begin = isTimed ? () => words.store(task + TASK.startedAt, now()) : NOTHING_BEGINS;
    begin();
    if (kind !== CALL) {
      return this.#end(task, callEach(fn, payload as unknown[], kind === EACH_SPREAD, begin));
    }
    let value: unknown;
    try {
      value = fn(...payload as unknown[]);
    } catch (error) {
      return this.#write(task, THREW, explainError(error, fn));
    }
    if (isThenable(value)) return this.#end(task, settleOnce(fn, value));
    this.#write(task, RETURNED, value);
  }

  #end(task: WordIndex, ending: Ending | Promise<Ending>): void | Promise<void> {
    if (ending instanceof Promise) {
      return ending.then(({ outcome, value }) => this.#write(task, outcome, value));
    }
    this.#write(task, ending.outcome, ending.value);
  }

  #write(task: WordIndex, outcome: number, value: unknown): void {
    try {
      this.#store(task, outcome, value, outcome === RETURNED ? "result" : "error");
    } catch (error) {
      const { name, message, path } = error as SerializationError;
      this.#store(task, UNSENDABLE, { name, message, path }, "error");
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

function callEach(
  fn: AnyFunction,
  items: unknown[],
  spread: boolean,
  begin: () => void,
): Ending | Promise<Ending> {
  const values: unknown[] = [];
  let waits = false;
  for (const item of items) {
    try {
      begin();
      const value: unknown = spread ? fn(...item as unknown[]) : fn(item);
      if (isThenable(value)) {
        waits = true;
        // Looked at below; a rejection meanwhile is not unhandled.
        Promise.resolve(value).catch(() => {});
      }
      values.push(value);
    } catch (error) {
      const failure = { outcome: THREW, value: [values, explainError(error, fn)] };
      return waits ? settleEach(fn, values, failure) : failure;
    }
  }
  return waits
    ? settleEach(fn, values, { outcome: RETURNED, value: values })
    : { outcome: RETURNED, value: values };
}

/** Waits for the promises among the values; the first that rejects ends the array. */
async function settleEach(fn: AnyFunction, values: unknown[], ending: Ending): Promise<Ending> {
  for (let i = 0; i < values.length; i++) {
    try {
      values[i] = await values[i];
    } catch (error) {
      return { outcome: THREW, value: [values.slice(0, i), explainError(error, fn)] };
    }
  }
  return ending;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null &&
    typeof (value as { then?: unknown }).then === "function";
}
