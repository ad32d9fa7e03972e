/** Doing several things at once, and telling of them in their order. */

/**
 * Does every job, `lanes` of them at a time, and tells of each as soon as all before it are told.
 *
 * @returns What the jobs came to, in their order.
 */
export async function inLanes<Job, Result>(
  jobs: readonly Job[],
  lanes: number,
  act: (job: Job) => Promise<Result>,
  tell: (job: Job, result: Result) => void,
): Promise<Result[]> {
  const results = new Map<Job, Result>();
  let told = 0;
  // One iterator, shared: each lane takes the next job when it is free.
  const rest = jobs.values();
  const lane = async () => {
    for (const job of rest) {
      results.set(job, await act(job));
      for (; told < jobs.length && results.has(jobs[told]); told++) {
        tell(jobs[told], results.get(jobs[told])!);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return jobs.map((job) => results.get(job)!);
}
