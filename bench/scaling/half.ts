/**
 * One of two bare processes: `half.ts PART PARTS ROUNDS` does its part of each load whose name comes on standard input,
 * and answers with the name. What it computes stays here.
 */

import process from "node:process";
import { createInterface } from "node:readline";
import { loads, shortTasks } from "./loads.ts";

if (import.meta.main) {
  const [part, parts, perMicrosecond] = process.argv.slice(2).map(Number);
  const matrix = (contents: number | readonly number[]): Float64Array =>
    new Float64Array(contents as number);
  const all = [...loads("long", matrix), ...shortTasks(perMicrosecond)];
  for await (const name of createInterface({ input: process.stdin })) {
    const load = all.find((candidate) => candidate.name === name);
    load?.part(part, parts);
    console.log(load === undefined ? `no load of the name ${name}` : name);
  }
}
