/**
 * What the workers of a pool import: importing it makes their work known. It is not part of the public
 * surface; it is exported so that a worker can find it where the package was loaded from JSR.
 *
 * @example Fetch it beforehand, for a program that has no network later
 * ```sh
 * deno cache jsr:@x/mp jsr:@x/mp/worker
 * ```
 *
 * @module
 */
import "./worker.ts";
