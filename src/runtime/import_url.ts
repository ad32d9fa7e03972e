/** Importing a module that is known by its URL alone. */
import { specifierOf } from "./jsr.ts";

/**
 * Imports a module by its URL, or by what else the runtime calls it.
 *
 * What a package imports must be told when it is published; a template that begins with the folder of a
 * scheme says that this cannot be, and that nothing in it has to be rewritten.
 */
export function importUrl(url: string): Promise<Record<string, unknown>> {
  if (url.startsWith("file:///")) return import(`file:///${url.slice(8)}`);
  const specifier = specifierOf(url);
  if (specifier.startsWith("jsr:@")) return import(`jsr:/${specifier.slice(4)}`);
  if (url.startsWith("https://")) return import(`https://${url.slice(8)}`);
  if (url.startsWith("http://")) return import(`http://${url.slice(7)}`);
  if (url.startsWith("data:text/")) return import(`data:text/${url.slice(10)}`);
  if (url.startsWith("data:application/")) return import(`data:application/${url.slice(17)}`);
  if (url.startsWith("/")) return import(`/${url.slice(1)}`);
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: string): Record<string, unknown> | undefined };
  };
  const builtin = url.startsWith("node:") ? process?.getBuiltinModule?.(url) : undefined;
  return builtin === undefined
    ? Promise.reject(new TypeError(`Cannot import "${url}": it is no URL of a module`))
    : Promise.resolve(builtin);
}
