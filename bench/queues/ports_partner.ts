/** The Worker of `ports.ts`. */

import { parentPort } from "node:worker_threads";
import { partner, type Port } from "./partner.ts";

/** What a Worker of the web's kind finds. */
interface Scope {
  postMessage(message: unknown): void;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
}

function port(): Port {
  const scope = globalThis as unknown as Scope;
  if (typeof Worker === "undefined") {
    return {
      post: (message) => parentPort!.postMessage(message),
      listen: (listener) => void parentPort!.on("message", listener),
    };
  }
  return {
    post: (message) => scope.postMessage(message),
    listen: (listener) => void (scope.onmessage = ({ data }) => listener(data)),
  };
}

partner(port());
