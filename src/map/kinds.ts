/** The kinds of shared objects that this folder makes: 80 to 89 of the 127 that there can be. */

/** A shared map. */
export const SHARED_MAP = 80;
