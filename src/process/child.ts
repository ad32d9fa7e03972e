/**
 * The entry module of every child. It is not part of the public surface; it is exported so that a runtime
 * can be told to run it.
 *
 * @module
 */
import { ProcessError } from "../errors.ts";
import { currentRuntime } from "../runtime/current.ts";
import { live } from "./live.ts";
import { ownTicket } from "./ticket.ts";

const ticket = ownTicket(currentRuntime().scriptArgs());
if (ticket === undefined) {
  throw new ProcessError("Cannot run as a child: this module is started by Process.start() alone");
}
void live(ticket);
