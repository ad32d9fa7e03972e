/** The types of things that a manager hosts, by the numbers under which references name them. */
export const TYPE = {
  dict: 0,
  list: 1,
  set: 2,
  namespace: 3,
  value: 4,
  object: 5,
  iterator: 6,
} as const;
