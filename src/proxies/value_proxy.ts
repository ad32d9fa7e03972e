/** A single value that a manager hosts, as its users see it. */
import { Hosted, setProxyOf } from "./hosted.ts";
import {
  type Async,
  type Batches,
  operate,
  plain,
  type Sync,
  type Table,
  values,
} from "./operations.ts";
import { TYPE } from "./types.ts";
import { update, updateSync } from "./versions.ts";

/** What can be done with a value of a manager; each as a promise, and with `Sync` at the end as a call that blocks. */
export interface ValueOperations<T> {
  /** A copy of the value. */
  get(): T;
  /** Sets a copy of a value. */
  set(value: T): void;
  /** Sets a copy of a value, and returns what was there before. */
  exchange(value: T): T;
}

/**
 * A value that lives in a manager's process, and is the same one for everybody who has a proxy. It can be of any
 * type, and another one each time; for a number, {@linkcode SharedValue} is a thousand times as fast.
 *
 * **The value is copied, in and out**, but for what is shared.
 */
export interface ValueProxy<T = unknown>
  extends
    Async<ValueOperations<T>>,
    Sync<ValueOperations<T>>,
    Batches<ValueOperations<T>>,
    Disposable {
  /** The value; reading and writing block the thread. `v.value++` is two steps: use {@linkcode ValueProxy.update}. */
  value: T;
  /**
   * Changes the value in one step, whoever else changes it at the same time.
   *
   * @param change Makes the new value of the old one. It runs in this process, and again if the value has changed
   * meanwhile.
   * @returns The new value.
   */
  update(change: (value: T) => T | Promise<T>): Promise<T>;
  /** Like {@linkcode ValueProxy.update}, but blocks this thread. */
  updateSync(change: (value: T) => T): T;
  /** This process does not use it any more. Not necessary: the garbage collector does so, too. */
  dispose(): void;
}

/** The operations of a value as they are sent. */
export const VALUE: Table<ValueOperations<unknown>> = {
  get: { pack: plain },
  set: { pack: values },
  exchange: { pack: values },
};

class Value extends Hosted {
  get [Symbol.toStringTag](): string {
    return "ValueProxy";
  }

  get value(): unknown {
    return (this as unknown as ValueProxy).getSync();
  }

  set value(value: unknown) {
    (this as unknown as ValueProxy).setSync(value);
  }

  update(change: (value: never) => unknown): Promise<unknown> {
    return update(this, [], change);
  }

  updateSync(change: (value: never) => unknown): unknown {
    return updateSync(this, [], change);
  }
}

operate(Value.prototype, VALUE);
setProxyOf(TYPE.value, () => new Value());
