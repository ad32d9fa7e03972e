/** Where things are: computed here, never committed. */

import { fileURLToPath } from "node:url";

/** The project's folder, with a slash at its end. */
export const root: string = fileURLToPath(new URL("../../", import.meta.url));

/** What the tools keep between runs; ignored by git. */
export const cache: string = root + ".cache/";

/** Deno's configuration, as it is written. */
export interface DenoConfig {
  name: string;
  version: string;
  exports: Record<string, string>;
  imports: Record<string, string>;
}

/** Reads deno.json. */
export function denoConfig(): DenoConfig {
  return JSON.parse(Deno.readTextFileSync(root + "deno.json"));
}

/** Every file below `folder` (relative to the root) whose name matches, sorted; no hidden folders. */
export function filesBelow(folder: string, matches: RegExp): string[] {
  const found: string[] = [];
  for (const entry of Deno.readDirSync(root + folder)) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory) found.push(...filesBelow(path, matches));
    else if (matches.test(entry.name)) found.push(path);
  }
  return found.sort();
}

/** Writes a file so that a reader, in another run at the same time, sees all of it or none. */
export function writeWhole(path: string, text: string): void {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  const draft = `${path}.${Deno.pid}`;
  Deno.writeTextFileSync(draft, text);
  Deno.renameSync(draft, path);
}
