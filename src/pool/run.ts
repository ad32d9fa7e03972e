/** Running a task in a worker: arguments in, calls, result out. */
import type { SerializationError } from "../errors.ts";
import { explainError } from "../functions/explain.ts";
import type { FunctionReference } from "../functions/reference.ts";
import { resolveFunction } from "../functions/resolve.ts";
import type { OwnerId } from "../memory/owner_id.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { lookup } from "../process/current.ts";
import type { WorkerFunctions } from "./functions.ts";
import { TASK } from "./layout.ts";
import { ARGUMENTS, readPayload, RESULT, writePayload } from "./payload.ts";
import { CALL, EACH_SPREAD, RETURNED, THREW, UNSENDABLE } from "./task.ts";

// deno-lint-ignore ban-types
type AnyFunction = Function;

/** What came of a task. */
interface Ending {
  readonly outcome: number;
  readonly value: unknown;
}

/** Runs tasks, and writes what came of them. */
export class Runner {
  readonly #member: Member;
  readonly #functions: WorkerFunctions;
  readonly #submitter: OwnerId;
  #stranger: AnyFunction | undefined;

  /**
   * @param member The worker.
   * @param functions Where it finds functions.
   * @param submitter Who gets the results.
   */
  constructor(member: Member, functions: WorkerFunctions, submitter: OwnerId) {
    this.#member = member;
    this.#functions = functions;
    this.#submitter = submitter;
  }

  /**
   * Runs a claimed task; its function must be known, see {@linkcode Runner.find}.
   * Returns a promise only if the task is asynchronous; it never rejects.
   */
  run(task: WordIndex): void | Promise<void> {
    const number = this.#member.heap.words.load(task + TASK.functionId);
    const fn = number < 0 ? this.#stranger : this.#functions.known(number);
    try {
      const payload = readPayload(this.#member, task, ARGUMENTS);
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
    const number = this.#member.heap.words.load(task + TASK.functionId);
    if (number < 0) return this.#findStranger(task);
    return this.#functions.known(number) === undefined ? this.#functions.find(number) : undefined;
  }

  /** Ends a task with an error of its own. */
  fail(task: WordIndex, error: unknown): void {
    // Before its first call an EACH has no values.
    const isCall = this.#member.heap.words.load(task + TASK.kind) === CALL;
    this.#write(task, { outcome: THREW, value: isCall ? error : [[], error] });
  }

  async #findStranger(task: WordIndex): Promise<void> {
    const [reference] = readPayload(this.#member, task, ARGUMENTS) as [FunctionReference];
    this.#stranger = await resolveFunction(reference, lookup);
  }

  #call(task: WordIndex, fn: AnyFunction, payload: unknown): void | Promise<void> {
    const { words } = this.#member.heap;
    const kind = words.load(task + TASK.kind);
    const begin = (): void => words.store(task + TASK.startedAt, now());
    begin();
    const ending = kind === CALL
      ? callOnce(fn, payload as unknown[])
      : callEach(fn, payload as unknown[], kind === EACH_SPREAD, begin);
    if (ending instanceof Promise) return ending.then((ended) => this.#write(task, ended));
    this.#write(task, ending);
  }

  #write(task: WordIndex, { outcome, value }: Ending): void {
    try {
      this.#store(task, outcome, value, outcome === RETURNED ? "result" : "error");
    } catch (error) {
      const { name, message, path } = error as SerializationError;
      this.#store(task, UNSENDABLE, { name, message, path }, "error");
    }
  }

  #store(task: WordIndex, outcome: number, value: unknown, root: string): void {
    const { owner, heap: { words } } = this.#member;
    words.store(task + TASK.outcome, outcome);
    writePayload(this.#member, task, RESULT, value, root, owner, this.#submitter);
  }
}

function callOnce(fn: AnyFunction, args: unknown[]): Ending | Promise<Ending> {
  try {
    const value: unknown = fn(...args);
    if (isThenable(value)) {
      return Promise.resolve(value).then(
        (value): Ending => ({ outcome: RETURNED, value }),
        (error): Ending => ({ outcome: THREW, value: explainError(error, fn) }),
      );
    }
    return { outcome: RETURNED, value };
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

/** The machine's clock as processes compare it, in ms; never 0. */
export function now(): number {
  return Date.now() % 2 ** 31 || 1;
}
