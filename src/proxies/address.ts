/** Where a manager listens. */
import type { SocketAddress } from "../runtime/port.ts";

/** A path of a Unix socket, or a port of a host; the host is this machine (`127.0.0.1`) unless it is said. */
export type ManagerAddress = string | { readonly path: string } | {
  readonly port: number;
  readonly host?: string;
};

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;

/**
 * What an address means.
 *
 * @throws {TypeError} if it means nothing.
 */
export function parsedAddress(act: string, address: unknown): SocketAddress {
  if (typeof address === "string" && address !== "") return { path: address };
  const { path, port, host = "127.0.0.1" } = (address ?? {}) as Record<string, unknown>;
  if (typeof path === "string" && path !== "") return { path };
  if (Number.isInteger(port) && (port as number) >= 0 && (port as number) < 65_536) {
    if (typeof host === "string" && host !== "") return { host, port: port as number };
  }
  throw new TypeError(
    `Cannot ${act}: address must be a path or { port, host }, got ${JSON.stringify(address)}`,
  );
}

/** Whether only this machine can reach an address. */
export function isLocal({ host }: SocketAddress): boolean {
  return host === undefined || LOOPBACK.test(host);
}
