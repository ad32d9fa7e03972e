/** A SharedArrayBuffer through a Worker and back, on Node; the last line printed is JSON. */
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { perCall, perRun, SIZES } from "./figures.ts";
import type { Figures } from "../contest.ts";

if (isMainThread) {
  const figures: Figures = {};
  const worker = new Worker(new URL(import.meta.url));
  let answer: () => void = () => {};
  worker.on("message", () => answer());
  const pass = (buffer: SharedArrayBuffer) =>
    new Promise<void>((resolve) => {
      answer = resolve;
      worker.postMessage(buffer);
    });
  for (const [name, size] of Object.entries(SIZES)) {
    const buffer = new SharedArrayBuffer(size);
    await perCall(2000, () => pass(buffer));
    figures[`pass ${name}, µs`] = await perCall(3000, () => pass(buffer));
  }
  for (const [name, size] of [["8 B", 8], ["64 KiB", 2 ** 16], ["1 MiB", 2 ** 20]] as const) {
    figures[`allocate + free ${name}, µs`] = perRun(30, 200, () => {
      new SharedArrayBuffer(size);
    });
  }
  await worker.terminate();
  console.log(JSON.stringify(figures));
} else {
  parentPort!.on("message", (buffer: SharedArrayBuffer) => {
    parentPort!.postMessage(new Uint8Array(buffer)[0]);
  });
}
