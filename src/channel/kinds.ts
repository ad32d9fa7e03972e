/** The kinds of shared objects that this folder makes: 40 to 59 of the 127 that there can be. */

/** Numbers of kinds, the same in every process. */
export const KIND = {
  queue: 40,
  joinableQueue: 41,
  connection: 42,
  pipe: 43,
} as const;
