/**
 * What a manager's own process imports: importing it makes its work known. It is not part of the public surface;
 * it is exported so that the process can find it where the package was loaded from JSR.
 *
 * @example Fetch it beforehand, for a program that has no network later
 * ```sh
 * deno cache jsr:@x/mp jsr:@x/mp/manager
 * ```
 *
 * @module
 */
import "./server.ts";
