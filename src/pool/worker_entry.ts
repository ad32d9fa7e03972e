/**
 * What the workers of a pool import: importing it makes their work known. It is not part of the public
 * surface; it is exported so that a worker can find it where the package was loaded from JSR.
 *
 * @module
 */
import "./worker.ts";
