/**
 * The operations of proxies, from one table for each type: a method that returns a promise, its twin with `Sync`
 * at the end that blocks the thread, and a step of a batch.
 */
import { type Hosted, reach } from "./hosted.ts";
import { seal } from "./sealed.ts";

/** Each operation as a method that waits on the event loop. */
export type Async<O> = {
  readonly [N in keyof O]: O[N] extends (...args: infer A) => infer R ? (...args: A) => Promise<R>
    : never;
};

/** Each operation as a method that blocks the thread. */
export type Sync<O> = {
  readonly [N in keyof O & string as `${N}Sync`]: O[N];
};

/** A step of a batch that was written down, and what will come of it. */
export interface Step<R> {
  /** Where it stands in the batch; `R` is the type of what comes of it. */
  readonly index: number & { readonly result?: R };
}

/** Each operation as a step of a batch. */
export type Steps<O> = {
  readonly [N in keyof O]: O[N] extends (...args: infer A) => infer R ? (...args: A) => Step<R>
    : never;
};

/** What comes of several steps. */
export type Results<S extends readonly Step<unknown>[]> = {
  -readonly [I in keyof S]: S[I] extends Step<infer R> ? R : never;
};

/** Several operations at once. */
export interface Batches<O> {
  /**
   * Does several operations in one message and as one step, which no other call comes between. If one of them throws,
   * those before it stay done, and the rest is left.
   *
   * @param write Writes the steps down, and returns those whose results are wanted.
   * @returns What came of these.
   */
  batch<const S extends readonly Step<unknown>[]>(
    write: (steps: Steps<O>) => S | void,
  ): Promise<Results<S>>;
  /** Like {@linkcode Batches.batch}, but blocks this thread. */
  batchSync<const S extends readonly Step<unknown>[]>(
    write: (steps: Steps<O>) => S | void,
  ): Results<S>;
}

/** What the arguments of an operation are, and how its result is shown. */
export interface Operation {
  /** Prepares the arguments to be sent. */
  readonly pack: (...args: never[]) => readonly unknown[];
  /** Makes what the caller gets of what the manager says. */
  readonly show?: (result: never) => unknown;
}

/** The operations of a type by their names. */
export type Table<O> = { readonly [N in keyof O]: Operation };

/** Numbers, names and the like: sent as they are. */
export const plain = (...args: unknown[]): readonly unknown[] => args;
/** Values: sent closed. */
export const values = (...args: unknown[]): readonly unknown[] => args.map((value) => seal(value));
/** A key: sent closed, and equal to another if both are the same bytes. */
export const key = (key: unknown): readonly unknown[] => [seal(key, "key")];
/** A key and a value. */
export const keyAndValue = (key: unknown, value: unknown): readonly unknown[] => [
  seal(key, "key"),
  seal(value),
];
/** Something plain and a value. */
export const plainAndValue = (first: unknown, value: unknown): readonly unknown[] => [
  first,
  seal(value),
];

/** A type of proxies: how its classes get their methods. */
export function operate<O>(prototype: object, table: Table<O>): void {
  for (const [name, { pack, show }] of Object.entries<Operation>(table)) {
    define(prototype, name, function (this: Hosted, ...args: never[]) {
      const called = ask(this, name, () => pack(...args));
      return show === undefined ? called : called.then(show as (result: unknown) => unknown);
    });
    define(prototype, `${name}Sync`, function (this: Hosted, ...args: never[]) {
      const result = askSync(this, name, pack(...args));
      return show === undefined ? result : show(result as never);
    });
  }
  define(prototype, "batch", function (this: Hosted, write: (steps: Steps<O>) => unknown) {
    const written = writeDown(table, write);
    return ask(this, "batch", () => [written.steps]).then(written.show);
  });
  define(prototype, "batchSync", function (this: Hosted, write: (steps: Steps<O>) => unknown) {
    const written = writeDown(table, write);
    return written.show(askSync(this, "batch", [written.steps]));
  });
}

/** Calls an act of what a proxy stands for. */
export function ask(
  proxy: object,
  act: string,
  args: () => readonly unknown[],
): Promise<unknown> {
  try {
    const { link, reference } = reach(proxy, act);
    return link.call(reference, act, args());
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Calls an act of what a proxy stands for, and blocks this thread. */
export function askSync(proxy: object, act: string, args: readonly unknown[]): unknown {
  const { link, reference } = reach(proxy, act);
  return link.callSync(reference, act, args);
}

interface Written {
  readonly steps: (readonly [act: string, args: readonly unknown[]])[];
  show(results: unknown): unknown[];
}

function writeDown<O>(table: Table<O>, write: (steps: Steps<O>) => unknown): Written {
  const steps: [string, readonly unknown[]][] = [];
  const shows: (Operation["show"])[] = [];
  const writer: Record<string, unknown> = {};
  for (const [name, { pack, show }] of Object.entries<Operation>(table)) {
    writer[name] = (...args: never[]) => {
      shows.push(show);
      return { index: steps.push([name, pack(...args)]) - 1 };
    };
  }
  const wanted = write(writer as Steps<O>) as readonly Step<unknown>[] | undefined;
  return {
    steps,
    show: (results) =>
      (wanted ?? []).map(({ index }) => {
        const result = (results as unknown[])[index];
        const show = shows[index];
        return show === undefined ? result : show(result as never);
      }),
  };
}

/** Defines a method as a class would. */
export function define(prototype: object, name: string, value: unknown): void {
  Object.defineProperty(prototype, name, { value, configurable: true, writable: true });
}
