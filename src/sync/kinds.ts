/** The kinds of shared objects that this folder makes: 1 to 19 of the 127 that there can be. */

/** Numbers of kinds, the same in every process. */
export const KIND = {
  lock: 1,
  rlock: 2,
  semaphore: 3,
  boundedSemaphore: 4,
  condition: 5,
  event: 6,
  barrier: 7,
  rwlock: 8,
} as const;
