/**
 * Our pool of 2 workers under the common workload, on whatever runtime this is.
 *
 * usage: <runtime> bench/peers/ours.ts [module]: the npm package, say; the sources if there is none
 */
import process from "node:process";
import { pathToFileURL } from "node:url";
import echo from "./echo.ts";
import { measurePeer } from "./workload.ts";

if (import.meta.main) {
  const module = process.argv[2];
  const { href } = module === undefined
    ? new URL("../../mod.ts", import.meta.url)
    : pathToFileURL(module);
  const { Pool } = await import(href) as typeof import("../../mod.ts");
  await measurePeer(() => {
    const pool = new Pool(2);
    return {
      echo: (n) => pool.apply(echo, [n]),
      map: (items) => pool.map(echo, items),
      close: () => pool[Symbol.asyncDispose](),
    };
  });
}
