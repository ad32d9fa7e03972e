/** Loaded into Node with `--import`: resolves the names of the stand-ins. */

import { registerHooks } from "node:module";

const standIns = new Map([
  ["@std/assert", new URL("./assert.ts", import.meta.url).href],
  ["@std/async", new URL("./async.ts", import.meta.url).href],
]);

registerHooks({
  resolve(specifier, context, nextResolve) {
    return nextResolve(standIns.get(specifier) ?? specifier, context);
  },
});
