/** A library of somebody's that runs functions of its own elsewhere. */
import { Process } from "@x/mp";

// What does not stand alone has to be found in its module.
const base = [100];

export function add(n: number): number {
  return n + base[0];
}

export async function addElsewhere(n: number): Promise<number> {
  const process = new Process(add, { args: [n] }).start();
  const sum = await process.result;
  await process.join();
  return sum;
}
