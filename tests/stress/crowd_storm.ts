/** The storm of large pools: many workers, many tasks, and a few that are killed. */

import process from "node:process";
import { Pool } from "../../mod.ts";
import { member } from "../../src/parking/member.ts";
import { toil } from "../fixtures/pool/storm.ts";
import { until } from "../support/until.ts";
import type { Storm, Weather } from "./storm.ts";

const WORKERS = 200;
const TASKS = 10_000;
const KILLS = 5;

async function crowd(weather: Weather): Promise<void> {
  const pool = new Pool(WORKERS);
  try {
    const all = until(() => pool.stats().every(({ pid }) => pid > 0), "all have begun", {
      timeout: 300_000,
    });
    const jobs = Array.from({ length: TASKS }, (_, n) => [n, 10, ""] as const);
    const given = jobs.map((job) => pool.apply(toil, [job], { retries: 3 }));
    const values = (await Promise.all(given)).map(([, value]) => value);
    if (values.some((value, n) => value !== 3 * n + 1)) throw new Error("A value is wrong");
    weather.count("tasks", TASKS);
    await all;
    for (const pid of pool.pids.slice(0, KILLS)) process.kill(pid, "SIGKILL");
    weather.count("kills", KILLS);
    const deeds = await pool.map(toil, jobs, { retries: 3 });
    if (deeds.some(([, value], n) => value !== 3 * n + 1)) throw new Error("A value is wrong");
    weather.count("workers that had something", new Set(deeds.map(([pid]) => pid)).size);
    await pool[Symbol.asyncDispose]();
  } finally {
    await pool.terminate();
  }
}

/** A pool of very many workers starts, works and ends. */
export const storm: Storm = {
  question: `Does a pool of ${WORKERS} workers start, do ${TASKS} tasks, and end?`,
  async run(weather) {
    do {
      await crowd(weather);
      await until(() => member().parking.pending === 0, "nobody waits");
      weather.count("crowds");
    } while (!weather.isOver());
  },
};
