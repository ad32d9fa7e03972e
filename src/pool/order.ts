/** What a submitter is asked to do, and whom it tells. */
import type { Shipment } from "../codec/parcel.ts";
import { ProcessError } from "../errors.ts";
import { NOBODY, type OwnerId } from "../memory/owner_id.ts";
import type { WordIndex } from "../memory/words.ts";
import type { NumberedFunction } from "./functions.ts";
import type { TaskLimits } from "./options.ts";

/** What one item has failed with. */
export interface ItemFailure {
  /** Its place, in its chunk or among all. */
  readonly index: number;
  /** Why. */
  readonly error: unknown;
}

/** The items of a chunk of whose calls nothing came. */
export interface ItemFailures {
  /** Their places in the chunk. */
  readonly places: readonly number[];
  /** The first of them: only its error is ever told. */
  readonly first: ItemFailure;
}

/** A task that was given, as long as it has not settled. */
export abstract class Pending {
  /** How long it may run, and how often again. */
  readonly limits: TaskLimits;
  /** Its record; 0 as long as it has none, and again when it has settled. */
  record: WordIndex = 0;
  /** What it sends, copied when it was given, as long as it waits for a record. */
  shipment: Shipment | undefined;
  /** How often it may still be run again. */
  retries: number;
  /** Who has done it, or NOBODY. */
  worker: OwnerId = NOBODY;
  /** Its worker was killed because it ran too long. */
  overdue = false;
  /** Nobody waits for it any more, but a worker had begun it. */
  forsaken = false;

  /** @param limits What it may take. */
  constructor(limits: TaskLimits) {
    this.limits = limits;
    this.retries = limits.retries;
  }

  /**
   * The task is done.
   *
   * @param value The value, or the array of values.
   * @param failures With EVERY, if there are any.
   */
  abstract resolve(value: unknown, failures?: ItemFailures): void;

  /** The task was `DIVISIBLE`, and ended early: the values so far, and the items that are left. */
  share(
    _values: readonly unknown[],
    _rest: readonly unknown[],
    _failures: ItemFailures | undefined,
  ): void {
    throw new ProcessError("Cannot share out a task: it is one call");
  }

  /**
   * The task has failed.
   *
   * @param error Why.
   * @param values With EACH, the values of the items before the one that failed.
   * @param isUnread Whether nothing was called, as the payload could not be decoded.
   */
  abstract reject(error: unknown, values: readonly unknown[], isUnread?: boolean): void;
}

/** One task, to be given to a submitter. */
export abstract class Order extends Pending {
  /** With which function. */
  readonly fn: NumberedFunction;
  /** `CALL`, `EACH` or `EACH_SPREAD` of `task.ts`, perhaps `DIVISIBLE`. */
  readonly kind: number;
  /** Who had begun it as a part of something larger, or NOBODY. */
  origin: OwnerId = NOBODY;

  /**
   * @param fn With which function.
   * @param kind What is done with it.
   * @param limits What it may take.
   */
  constructor(fn: NumberedFunction, kind: number, limits: TaskLimits) {
    super(limits);
    this.fn = fn;
    this.kind = kind;
  }
}
