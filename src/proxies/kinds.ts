/** The kinds of shared objects and crossings of managers: 60 to 79 of the 127 that there can be. */

/** Numbers of kinds, the same in every process. */
export const KIND = {
  /** The requests of a manager: what a manager is in shared memory. */
  requests: 60,
  /** The replies to one process. */
  replies: 61,
  /** A reference to something that a manager hosts. */
  hosted: 62,
  /** A value that stays closed on its way to a manager. */
  sealing: 63,
  /** A closed value that opens on its way from a manager. */
  sealed: 64,
  /** A manager. */
  manager: 65,
} as const;
