/**
 * The entry module of every child. It is not part of the public surface; it is exported so that a runtime
 * can be told to run it.
 *
 * @example Fetch it beforehand, for a program that has no network later
 * ```sh
 * deno cache jsr:@x/mp jsr:@x/mp/child
 * ```
 *
 * @module
 */
import { ProcessError } from "../errors.ts";
import { currentRuntime } from "../runtime/current.ts";
import { ownTicket } from "./ticket.ts";

const ticket = ownTicket(currentRuntime().scriptArgs());
if (ticket === undefined) {
  throw new ProcessError("Cannot run as a child: this module is started by Process.start() alone");
}
// What is imported from here on comes out of a cache, where the runtime keeps one.
currentRuntime().cacheCode();
const { live } = await import("./live.ts");
void live(ticket);
