/** A namespace that a manager hosts, as its users see it. */
import { Hosted, setProxyOf } from "./hosted.ts";
import { key, keyAndValue, operate, plain, type Table } from "./operations.ts";
import { TYPE } from "./types.ts";
import { update, updateSync } from "./versions.ts";
import { viewOf } from "./view.ts";

/**
 * An object that lives in a manager's process, and is the same one for everybody who has a proxy.
 *
 * **Values are copied, in and out**, but for what is shared: proxies, shared arrays, locks and queues. Each call
 * is one step.
 *
 * @typeParam T What the object looks like.
 */
export interface NamespaceProxy<T extends object = Record<string, unknown>> extends Disposable {
  /**
   * The object itself, as it seems: reading a property asks the manager, writing one tells it, and both block the
   * thread until it has answered.
   */
  readonly view: T;
  /** A copy of the value of a name; `undefined` if it has none. */
  get<N extends keyof T & string>(name: N): Promise<T[N] | undefined>;
  /** Like {@linkcode NamespaceProxy.get}, but blocks this thread. */
  getSync<N extends keyof T & string>(name: N): T[N] | undefined;
  /** Sets a copy of a value. */
  set<N extends keyof T & string>(name: N, value: T[N]): Promise<void>;
  /** Like {@linkcode NamespaceProxy.set}, but blocks this thread. */
  setSync<N extends keyof T & string>(name: N, value: T[N]): void;
  /** Whether a name has a value. */
  has(name: string): Promise<boolean>;
  /** Like {@linkcode NamespaceProxy.has}, but blocks this thread. */
  hasSync(name: string): boolean;
  /** Deletes a name; returns whether it was there. */
  delete(name: string): Promise<boolean>;
  /** Like {@linkcode NamespaceProxy.delete}, but blocks this thread. */
  deleteSync(name: string): boolean;
  /** The names. */
  keys(): Promise<(keyof T & string)[]>;
  /** Like {@linkcode NamespaceProxy.keys}, but blocks this thread. */
  keysSync(): (keyof T & string)[];
  /** A copy of the whole, as it was at one moment. */
  snapshot(): Promise<Partial<T>>;
  /** Like {@linkcode NamespaceProxy.snapshot}, but blocks this thread. */
  snapshotSync(): Partial<T>;
  /**
   * Changes a value in one step, whoever else changes it at the same time.
   *
   * @param name Its name.
   * @param change Makes the new value of the old one. It runs in this process, and again if the value has changed
   * meanwhile.
   * @returns The new value.
   */
  update<N extends keyof T & string>(
    name: N,
    change: (value: T[N]) => T[N] | Promise<T[N]>,
  ): Promise<T[N]>;
  /** Like {@linkcode NamespaceProxy.update}, but blocks this thread. */
  updateSync<N extends keyof T & string>(name: N, change: (value: T[N]) => T[N]): T[N];
  /** This process does not use it any more. Not necessary: the garbage collector does so, too. */
  dispose(): void;
}

/** The operations of a namespace as they are sent. */
interface NamespaceOperations {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  has(name: string): boolean;
  delete(name: string): boolean;
  keys(): string[];
  snapshot(): object;
}

const NAMESPACE: Table<NamespaceOperations> = {
  get: { pack: key },
  set: { pack: keyAndValue },
  has: { pack: key },
  delete: { pack: key },
  keys: { pack: plain },
  snapshot: { pack: plain, show: (entries: [string, unknown][]) => Object.fromEntries(entries) },
};

class Namespace extends Hosted {
  readonly #view = viewOf(this as unknown as NamespaceProxy);

  get [Symbol.toStringTag](): string {
    return "NamespaceProxy";
  }

  get view(): object {
    return this.#view;
  }

  update(name: unknown, change: (value: never) => unknown): Promise<unknown> {
    return update(this, key(name), change);
  }

  updateSync(name: unknown, change: (value: never) => unknown): unknown {
    return updateSync(this, key(name), change);
  }
}

operate(Namespace.prototype, NAMESPACE);
setProxyOf(TYPE.namespace, () => new Namespace());
