/**
 * The entry module of every child. It is not part of the public surface; it is exported so that a runtime
 * can be told to run it.
 *
 * @module
 */
import { ProcessError } from "../errors.ts";
import { currentRuntime } from "../runtime/current.ts";
import { live } from "./live.ts";
import { readTicket } from "./ticket.ts";

const ticket = readTicket(currentRuntime().scriptArgs()[0]);
if (ticket === undefined) {
  throw new ProcessError("Cannot run as a child: this module is started by Process.start() alone");
}
void live(ticket);
