/** One form for the names that runtimes give to modules. */

/** What a function made from its source text adds to the URL of its module in call stacks. */
export const SOURCE_SUFFIX = "#source";

/**
 * The URL by which a module can be imported again, the same as its `import.meta.url`.
 *
 * @param name A path or a URL out of a call stack.
 * @returns `undefined` for the runtime's own code and for code that came from no module.
 */
export function moduleUrl(name: string | null | undefined): string | undefined {
  if (typeof name !== "string") return undefined;
  if (name.startsWith("/")) return fileUrl(name);
  if (/^[A-Za-z]:[\\/]/.test(name)) return fileUrl(`/${name.replaceAll("\\", "/")}`);
  if (!/^(?:file|https?|data|npm|jsr):/.test(name)) return undefined;
  return URL.canParse(name) ? name : undefined;
}

function fileUrl(path: string): string {
  // What the URL parser would take for something else; it escapes the rest as runtimes do.
  const escaped = path.replace(/[%\\\n\r\t?#]/g, (character) => encodeURIComponent(character));
  return new URL(`file://${escaped}`).href;
}
