/** A program that passes what other processes cannot find: the error says so, and what to do. */
import { isMainProcess, Process } from "@x/mp";

const base = [100];

function add(n: number): number {
  return n + base[0];
}

if (isMainProcess()) {
  const child = new Process(add, { args: [1], stderr: "null" }).start();
  await child.result.catch((error) => console.log(error.message));
}
