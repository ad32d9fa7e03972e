/**
 * Runs first in a child that is started with preloaded modules: from here on it is known which modules
 * are loaded, so that functions are found in them.
 *
 * @module
 */
import { watchLoading } from "./current.ts";

watchLoading();
