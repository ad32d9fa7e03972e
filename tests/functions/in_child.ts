/** Asks another process of the same runtime to find functions and call them. */

import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Answer, Request } from "../fixtures/functions/child.ts";
import { runtimeName } from "../support/runtime.ts";

export type { Answer } from "../fixtures/functions/child.ts";

const fixtures = new URL("../fixtures/functions/", import.meta.url);

/** The URL of a fixture. */
export function fixture(name: string): string {
  return new URL(name, fixtures).href;
}

/** Sends references to a new process; `follow` lets it look in the modules that it loads. */
export async function inChild(requests: Request[], follow = true): Promise<Answer[]> {
  const program = fileURLToPath(fixture("child.ts"));
  const flags = runtimeName === "deno" ? ["run", "-A", "--no-check"] : [];
  const child = spawn(process.execPath, [...flags, program], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => output += chunk);
  child.stdin.end(JSON.stringify({ requests, follow }));
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`The child ended with ${code}: ${output}`);
  return JSON.parse(output);
}

/** The value that a request came to. */
export async function valueOf(request: Request, follow = true): Promise<unknown> {
  const [answer] = await inChild([request], follow);
  if (answer?.error !== undefined) throw new Error(answer.error.message);
  return answer?.value;
}

/** The message of the error that a request came to. */
export async function messageOf(request: Request, follow = true): Promise<string> {
  const [answer] = await inChild([request], follow);
  if (answer?.error === undefined) throw new Error(`It gave ${JSON.stringify(answer?.value)}`);
  return `${answer.error.name}: ${answer.error.message}`;
}
