/** Which modules are loaded, by the hook that Deno and Node share. */

/** The part of `node:module` that is used here. */
export interface ModuleHooks {
  registerHooks?(hooks: {
    resolve(
      specifier: string,
      context: unknown,
      next: (specifier: string, context: unknown) => { url: string },
    ): { url: string };
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
