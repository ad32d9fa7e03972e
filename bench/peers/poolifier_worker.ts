/** A worker of poolifier. */
import process from "node:process";
import echo, { echoEach } from "./echo.ts";

const exports = await import(process.env.POOLIFIER!) as Record<
  string,
  new (functions: object) => unknown
>;
const Worker = exports[process.env.POOLIFIER_WORKER!];
export default new Worker({ echo, echoEach });
