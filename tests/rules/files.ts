/** The files that the rules are about. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The project's folder, with a slash at its end. */
export const root: string = fileURLToPath(new URL("../../", import.meta.url));

/** The sources of the library, relative to the root. */
export function sources(): string[] {
  return readdirSync(root + "src", { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => `src/${path}`)
    .sort();
}

/** The text of a file. */
export function read(path: string): string {
  return readFileSync(root + path, "utf8");
}
