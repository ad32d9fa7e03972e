/** Chunks of a lazy mapping on their way. */
import { EACH, EVERY } from "../tasks/task.ts";
import { ChunkOrder } from "./chunk_order.ts";
import type { NumberedFunction } from "./functions.ts";
import { placed, unsendableItem } from "./item_errors.ts";
import type { TaskLimits } from "./options.ts";
import type { ItemFailure, ItemFailures } from "./order.ts";

/** How chunks are sent. */
export interface FlightPlan {
  /** Sends a chunk; throws if that cannot be. */
  submit(order: ChunkOrder, items: readonly unknown[]): void;
  /** With which function. */
  readonly fn: NumberedFunction;
  /** What each task may take. */
  readonly limits: TaskLimits;
  /** Whether the first error ends it, or all other values come before that. */
  readonly failFast: boolean;
}

/** Items that were sent together. */
export interface Flight<T, R> {
  readonly items: readonly T[];
  /** The number of the first of them. */
  readonly start: number;
  /** Why the item behind them could not be sent, if it could not; its place is that among all. */
  behind: ItemFailure | undefined;
  /** What takes them back; `undefined` if they were not sent. */
  order: ChunkOrder | undefined;
  isDone: boolean;
  /** Once it is done: those before the one that failed, if one has ended it. */
  values: readonly R[];
  /** Those among the values that are none. */
  failures: ItemFailures | undefined;
  /** Why there are no more values than that. */
  failure: { readonly error: unknown } | undefined;
  /** Whether that is because an item could not be decoded. */
  isUnread: boolean;
}

/**
 * Sends a chunk: in one flight, or if there are items that cannot be sent, in one for those before each of them. With
 * `failFast` nothing is sent behind the first of those.
 *
 * @param start The number of its first item.
 * @param landed Called when one of them is done that was not when this returned.
 */
export function launch<T, R>(
  plan: FlightPlan,
  items: readonly T[],
  start: number,
  landed: (flight: Flight<T, R>) => void,
): Flight<T, R>[] {
  const flights: Flight<T, R>[] = [];
  for (let from = 0; from < items.length;) {
    const flight = send<T, R>(plan, items.slice(from), start + from, landed);
    flights.push(flight);
    if (plan.failFast && flight.behind !== undefined) break;
    from += flight.items.length + (flight.behind === undefined ? 0 : 1);
  }
  return flights;
}

/** Sends the items before the first that cannot be sent, if there are any. */
function send<T, R>(
  plan: FlightPlan,
  items: readonly T[],
  start: number,
  landed: (flight: Flight<T, R>) => void,
  behind?: ItemFailure,
): Flight<T, R> {
  const flight: Flight<T, R> = {
    items,
    start,
    behind,
    order: undefined,
    isDone: items.length === 0,
    values: [],
    failures: undefined,
    failure: undefined,
    isUnread: false,
  };
  if (flight.isDone) return flight;
  const order = new ChunkOrder(plan.fn, plan.failFast ? EACH : EACH | EVERY, plan.limits, {
    resolve(values, failures) {
      flight.values = values as R[];
      flight.failures = failures;
      flight.isDone = true;
      landed(flight);
    },
    reject(error, values, isUnread) {
      flight.values = values as R[];
      flight.failure = { error };
      flight.isUnread = isUnread;
      flight.isDone = true;
      landed(flight);
    },
  });
  try {
    plan.submit(order, items);
    flight.order = order;
  } catch (error) {
    const count = unsendableItem(error);
    if (count >= 0) {
      const failure = placed({ index: count, error }, start);
      return send(plan, items.slice(0, count), start, landed, failure);
    }
    flight.failure = { error };
    flight.isDone = true;
  }
  return flight;
}
