/** Our pool of 2 workers under the common workload, on whatever runtime this is. */
import { Pool } from "../../mod.ts";
import echo from "./echo.ts";
import { measurePeer } from "./workload.ts";

if (import.meta.main) {
  await measurePeer(() => {
    const pool = new Pool(2);
    return {
      echo: (n) => pool.apply(echo, [n]),
      map: (items) => pool.map(echo, items),
      close: () => pool[Symbol.asyncDispose](),
    };
  });
}
