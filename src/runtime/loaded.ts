/** Which modules are loaded, by the hook that Deno and Node share. */

/** What a specifier means. */
export interface Resolution {
  /** The module. */
  readonly url: string;
  /** How it is read, as in `"module"`; by default by its name. */
  readonly format?: string;
  /** Whether no other hook is asked. */
  readonly shortCircuit?: boolean;
}

/** The part of `node:module` that is used here. */
export interface ModuleHooks {
  /** Has a say in what specifiers mean. */
  registerHooks?(hooks: {
    resolve(
      specifier: string,
      context: unknown,
      next: (specifier: string, context: unknown) => Resolution,
    ): Resolution;
  }): void;
}

/** Notes the URLs of all modules that are imported from now on; none where there is no hook. */
export function watchImports({ registerHooks }: ModuleHooks): () => Iterable<string> {
  const urls = new Set<string>();
  registerHooks?.({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      urls.add(resolved.url);
      return resolved;
    },
  });
  return () => urls;
}
