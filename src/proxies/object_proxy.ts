/** An instance of a registered class that a manager hosts, as its users see it. */
import { Hosted, setProxyOf } from "./hosted.ts";
import { shownTo } from "./iterator_proxy.ts";
import { ask, askSync } from "./operations.ts";
import { Sealing } from "./sealed.ts";
import { TYPE } from "./types.ts";

/** What a method that returns an iterator becomes: something to iterate over, or to await first. */
export type RemoteIteration<T> = AsyncIterable<T> & Promise<AsyncIterableIterator<T>>;

/** What a method of a class becomes on the event loop. */
export type AsyncMethod<M> = M extends (...args: infer A) => infer R
  ? [R] extends [never] ? (...args: A) => Promise<never>
  : [R] extends [Iterator<infer T> | AsyncIterator<infer T>] ? (...args: A) => RemoteIteration<T>
  : (...args: A) => Promise<Awaited<R>>
  : never;

/** What a method of a class becomes on the thread. */
export type SyncMethod<M> = M extends (...args: infer A) => infer R
  ? [R] extends [never] ? (...args: A) => never
  : [R] extends [Iterator<infer T> | AsyncIterator<infer T>] ? (...args: A) => IterableIterator<T>
  : (...args: A) => Awaited<R>
  : never;

/** The names of the methods of a class. */
export type MethodNames<T> = {
  [N in keyof T & string]: T[N] extends (...args: never[]) => unknown ? N : never;
}[keyof T & string];

/**
 * An instance of a registered class, which lives in a manager's process: its methods, each as one that returns a
 * promise, and with `Sync` at the end of its name as one that blocks the thread.
 *
 * **Arguments and results are copied**, but for what is shared, and for instances of registered classes that
 * a method returns: these stay where they are, and the caller gets a proxy. Generators become iterators, which run over
 * there as far as they are asked to.
 */
export type ObjectProxy<T extends object> =
  & { readonly [N in MethodNames<T>]: AsyncMethod<T[N]> }
  & { readonly [N in MethodNames<T> as `${N}Sync`]: SyncMethod<T[N]> }
  & Disposable;

class ObjectOfManager extends Hosted {
  get [Symbol.toStringTag](): string {
    return "ObjectProxy";
  }
}

function makeProxy(): Hosted {
  const methods = new Map<string, unknown>();
  const target = new ObjectOfManager();
  const dispose = () => Hosted.prototype.dispose.call(proxy);
  const method = (name: string): unknown => {
    if (name.endsWith("Sync")) {
      const act = name.slice(0, -"Sync".length);
      return (...args: unknown[]) =>
        shownTo(askSync(proxy, act, [new Sealing(args, "args")]), true);
    }
    return (...args: unknown[]) =>
      iterable(
        ask(proxy, name, () => [new Sealing(args, "args")]).then((result) =>
          shownTo(result, false)
        ),
      );
  };
  const proxy: Hosted = new Proxy(target, {
    get(_, name) {
      // Not a promise, whoever asks; nor something with a way of its own to JSON.
      if (typeof name !== "string") return Reflect.get(target, name, target);
      if (name === "then" || name === "toJSON") return undefined;
      if (name === "dispose") return dispose;
      if (name === "constructor") return ObjectOfManager;
      let known = methods.get(name);
      if (known === undefined) methods.set(name, known = method(name));
      return known;
    },
  });
  return proxy;
}

/** A promise of a result; if that is an iterator, it can be iterated over without being awaited. */
function iterable(result: Promise<unknown>): Promise<unknown> {
  return Object.defineProperty(result, Symbol.asyncIterator, {
    value: () => {
      let iterator: AsyncIterator<unknown> | undefined;
      const begun = async () => iterator ??= await result as AsyncIterator<unknown>;
      return {
        next: async () => (await begun()).next(),
        return: async (value?: unknown) => (await begun()).return?.(value) ?? { done: true, value },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
  });
}

setProxyOf(TYPE.object, makeProxy);
