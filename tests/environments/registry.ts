/** A registry on this machine: it serves the package as JSR does, and as plain files. */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What deno.json says of the package. */
const { name, version, exports } = JSON.parse(readFileSync(`${ROOT}deno.json`, "utf8"));

/** Where the package is. */
export interface Registry {
  /** The address of the registry, with a slash at its end: what `JSR_URL` is set to. */
  readonly url: string;
  /** The package as a module of JSR. */
  readonly specifier: string;
  /** The package as a module of any server. */
  readonly plain: string;
  /** Ends it. */
  close(): Promise<void>;
}

/** Starts one on the loopback device. */
export async function startRegistry(): Promise<Registry> {
  const server = createServer((request, response) => {
    const body = answer(request.url!, url);
    if (body === undefined) return void response.writeHead(404).end();
    const type = request.url!.endsWith(".json") ? "json" : "typescript";
    response.setHeader("content-type", `application/${type}`).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
  return {
    url,
    specifier: `jsr:${name}@${version}`,
    plain: `${url}plain/mod.ts`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

function answer(path: string, url: string): string | undefined {
  if (path === `/${name}/meta.json`) {
    const [scope, rest] = name.slice(1).split("/");
    return JSON.stringify({ scope, name: rest, latest: version, versions: { [version]: {} } });
  }
  if (path === `/${name}/${version}_meta.json`) {
    return JSON.stringify({ exports, manifest: manifest(url) });
  }
  const [, file] = /^\/plain\/(.*)$/.exec(path) ?? [];
  if (file !== undefined) return contents(file, "/");
  const prefix = `/${name}/${version}/`;
  return path.startsWith(prefix) ? contents(path.slice(prefix.length), url) : undefined;
}

/** A file; where it knows the address of JSR, it is told this one. */
function contents(file: string, url: string): string | undefined {
  try {
    const text = readFileSync(ROOT + file, "utf8");
    if (file !== "src/runtime/jsr.ts") return text;
    return text.replace("https:\\/\\/jsr\\.io\\/", url.replaceAll("/", "\\/"));
  } catch {
    return undefined;
  }
}

function manifest(url: string): Record<string, { size: number; checksum: string }> {
  const sources = readdirSync(`${ROOT}src`, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts")).map((path) => `src/${path}`);
  return Object.fromEntries(["mod.ts", ...sources].map((path) => {
    const bytes = Buffer.from(contents(path, url)!);
    const checksum = `sha256-${createHash("sha256").update(bytes).digest("hex")}`;
    return [`/${path}`, { size: bytes.length, checksum }];
  }));
}
