/** MessagePort between a thread and its Worker, the runtime's own; the last line printed is JSON. */

import process from "node:process";
import { Worker as NodeWorker } from "node:worker_threads";
import { measure, type Port } from "./partner.ts";

const script = new URL("./ports_partner.ts", import.meta.url);

function start(): Port {
  if (typeof Worker === "undefined") {
    const worker = new NodeWorker(script);
    return {
      post: (message) => worker.postMessage(message),
      listen: (listener) => void worker.on("message", listener),
    };
  }
  const worker = new Worker(script, { type: "module" });
  return {
    post: (message) => worker.postMessage(message),
    listen: (listener) => void (worker.onmessage = ({ data }) => listener(data)),
  };
}

console.log(JSON.stringify(await measure(start())));
process.exit();
