/**
 * Runs first in a child that is started with preloaded modules: from here on it is known which modules
 * are loaded, so that functions are found in them. They find the working directory that the child has.
 *
 * @example Fetch it beforehand, for a program that has no network later
 * ```sh
 * deno cache jsr:@x/mp jsr:@x/mp/prelude
 * ```
 *
 * @module
 */
import { currentRuntime } from "../runtime/current.ts";
import { enterFolder, watchLoading } from "./current.ts";
import { ownTicket } from "./ticket.ts";

watchLoading();
enterFolder(ownTicket(currentRuntime().scriptArgs())?.folder);
