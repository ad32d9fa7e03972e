#!/usr/bin/env node
/** A command of a package that is installed: it is run through a link below node_modules/.bin. */
import { isMainProcess, Pool } from "@x/mp";

const base = [100];

export function add(n: number): number {
  return n + base[0];
}

if (isMainProcess()) {
  const pool = new Pool(1);
  const [sum] = await pool.map(add, [1]);
  pool.close();
  await pool.join();
  console.log(sum === 101 ? "done" : sum);
}
