/** Our pool of 2 workers under the common workload, on whatever runtime this is. */
import { Pool } from "../../mod.ts";
import echo from "./echo.ts";
import { measurePool } from "./workload.ts";

if (import.meta.main) {
  await using pool = new Pool(2);
  console.log(JSON.stringify(await measurePool((n) => pool.apply(echo, [n]))));
}
