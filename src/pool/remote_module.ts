/** The functions of a module that is imported where they run. */

/** The functions of a module as they are called from here. */
export type RemoteModule<M extends object> = {
  readonly [
    K in keyof M as M[K] extends (...args: never[]) => unknown ? K : never
  ]: M[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never;
};

/**
 * A module of which only the names are known.
 *
 * @param call Calls the export of a name.
 */
export function remoteModule<M extends object>(
  call: (name: string, args: readonly unknown[]) => Promise<unknown>,
): RemoteModule<M> {
  return new Proxy({} as RemoteModule<M>, {
    get(_, name) {
      // Not a promise, whoever asks.
      if (typeof name !== "string" || name === "then") return undefined;
      return (...args: unknown[]) => call(name, args);
    },
  });
}
