/** A pool whose workers a manager has started, as its users see it. */
import { describeFunction } from "../functions/describe.ts";
import { Hosted, setProxyOf } from "./hosted.ts";
import { ask, askSync, operate, plain, type Table } from "./operations.ts";
import { Sealing } from "./sealed.ts";
import { TYPE } from "./types.ts";

/** How a call is limited. */
export interface PoolProxyOptions {
  /** After how many ms a task is ended. */
  readonly timeout?: number;
  /** How often a task is run again whose worker has died. */
  readonly retries?: number;
  /** How many items are given to a worker at a time. */
  readonly chunkSize?: number;
}

/**
 * A pool whose workers are children of a manager's process: any process that has the proxy can give it work, and it
 * ends with the manager, or when nobody has the proxy any more.
 *
 * A pool that one process uses is better off as a `Pool` of its own: its tasks do not pass through the manager.
 */
export interface PoolProxy extends Disposable {
  /** Calls a function in a worker; see {@linkcode Pool.apply}. */
  apply<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    args?: A,
    options?: PoolProxyOptions,
  ): Promise<Awaited<R>>;
  /** Like {@linkcode PoolProxy.apply}, but blocks this thread. */
  applySync<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    args?: A,
    options?: PoolProxyOptions,
  ): Awaited<R>;
  /** Calls a function with each item; see {@linkcode Pool.map}. */
  map<T, R>(
    fn: (item: T) => R,
    items: Iterable<T>,
    options?: PoolProxyOptions,
  ): Promise<Awaited<R>[]>;
  /** Like {@linkcode PoolProxy.map}, but blocks this thread. */
  mapSync<T, R>(fn: (item: T) => R, items: Iterable<T>, options?: PoolProxyOptions): Awaited<R>[];
  /** Like {@linkcode PoolProxy.map}, with items that are arrays of arguments. */
  starmap<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    items: Iterable<A>,
    options?: PoolProxyOptions,
  ): Promise<Awaited<R>[]>;
  /** Like {@linkcode PoolProxy.starmap}, but blocks this thread. */
  starmapSync<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    items: Iterable<A>,
    options?: PoolProxyOptions,
  ): Awaited<R>[];
  /** How many workers it has. */
  size(): Promise<number>;
  /** Like {@linkcode PoolProxy.size}, but blocks this thread. */
  sizeSync(): number;
  /** Takes no more work; what was given is done. */
  close(): Promise<void>;
  /** Like {@linkcode PoolProxy.close}, but blocks this thread. */
  closeSync(): void;
  /** Kills the workers. */
  terminate(): Promise<void>;
  /** Like {@linkcode PoolProxy.terminate}, but blocks this thread. */
  terminateSync(): void;
  /** Waits until the workers have ended. */
  join(): Promise<void>;
  /** Like {@linkcode PoolProxy.join}, but blocks this thread. */
  joinSync(): void;
  /** This process does not use it any more. */
  dispose(): void;
}

interface PoolOperations {
  size(): number;
  close(): void;
  terminate(): void;
  join(): void;
}

/** The operations of a pool as they are sent. */
export const POOL: Table<PoolOperations> = {
  size: { pack: plain },
  close: { pack: plain },
  terminate: { pack: plain },
  join: { pack: plain },
};

class PoolOfManager extends Hosted {
  get [Symbol.toStringTag](): string {
    return "PoolProxy";
  }

  apply(fn: unknown, args: readonly unknown[] = [], options: PoolProxyOptions = {}) {
    const packed = pack(fn, args, "args", options);
    return ask(this, "apply", () => packed);
  }

  applySync(fn: unknown, args: readonly unknown[] = [], options: PoolProxyOptions = {}) {
    return askSync(this, "apply", pack(fn, args, "args", options));
  }

  map(fn: unknown, items: Iterable<unknown>, options: PoolProxyOptions = {}) {
    const packed = pack(fn, [...items], "items", options);
    return ask(this, "map", () => packed);
  }

  mapSync(fn: unknown, items: Iterable<unknown>, options: PoolProxyOptions = {}) {
    return askSync(this, "map", pack(fn, [...items], "items", options));
  }

  starmap(fn: unknown, items: Iterable<unknown>, options: PoolProxyOptions = {}) {
    const packed = pack(fn, [...items], "items", options);
    return ask(this, "starmap", () => packed);
  }

  starmapSync(fn: unknown, items: Iterable<unknown>, options: PoolProxyOptions = {}) {
    return askSync(this, "starmap", pack(fn, [...items], "items", options));
  }
}

/** The function is described now, while its module is among the callers. */
function pack(
  fn: unknown,
  values: readonly unknown[],
  root: string,
  { timeout, retries, chunkSize }: PoolProxyOptions,
): readonly unknown[] {
  const limits: Record<string, number> = {};
  for (const [name, value] of Object.entries({ timeout, retries, chunkSize })) {
    if (value !== undefined) limits[name] = value;
  }
  return [describeFunction(fn), new Sealing(values, root), limits];
}

operate(PoolOfManager.prototype, POOL);
setProxyOf(TYPE.pool, () => new PoolOfManager());
