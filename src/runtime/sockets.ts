/** Sockets of all runtimes: `node:net`, which Deno and Bun have, too. */
import { UnsupportedError } from "../errors.ts";
import type { SocketAddress, SocketEvents, SocketListener, Sockets, Wire } from "./port.ts";

interface NetSocket {
  readonly bytesWritten: number;
  readonly writableLength: number;
  on(event: "data", listener: (bytes: Uint8Array) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  on(event: "close" | "end" | "connect", listener: () => void): void;
  off(event: "error", listener: (error: Error) => void): void;
  write(bytes: Uint8Array): void;
  end(): void;
  destroy(): void;
  setNoDelay(): void;
  pause(): void;
  resume(): void;
  ref(): void;
  unref(): void;
}

interface NetServer {
  on(event: "error", listener: (error: Error) => void): void;
  listen(address: { path?: string; host?: string; port?: number }, listening: () => void): void;
  address(): { port: number } | string | null;
  close(closed: () => void): void;
}

/** The part of `node:net` that is used here. */
export interface SocketNet {
  /** Makes a server. */
  createServer(listener: (socket: NetSocket) => void): NetServer;
  /** Makes a connection. */
  connect(address: { path?: string; host?: string; port?: number }): NetSocket;
}

/**
 * Makes the sockets of a runtime.
 *
 * @param net The module `node:net`.
 * @param lacking The flag of the permission that an address needs and that is lacking. It must be asked for before: Deno
 * throws from within its event loop where nobody can catch it.
 */
export function netSockets(
  net: SocketNet,
  lacking: (address: SocketAddress) => string | undefined = () => undefined,
): Sockets {
  const permitted = (act: string, address: SocketAddress): void => {
    const flag = lacking(address);
    if (flag === undefined) return;
    throw new UnsupportedError(`Cannot ${act} ${shown(address)}: add ${flag}`);
  };
  return {
    async listen(address, onWire) {
      permitted("listen on", address);
      return await listen(net, address, onWire);
    },
    async connect(address) {
      permitted("connect to", address);
      return await connect(net, address);
    },
  };
}

function listen(
  net: SocketNet,
  address: SocketAddress,
  onWire: (wire: Wire) => SocketEvents,
): Promise<SocketListener> {
  return new Promise((resolve, reject) => {
    const act = `listen on ${shown(address)}`;
    try {
      const server = net.createServer((socket) => {
        const wire = wireOver(socket);
        attach(socket, onWire(wire));
      });
      server.on("error", (error) => reject(failure(act, error)));
      server.listen({ ...address }, () => {
        const bound = server.address();
        const port = typeof bound === "object" && bound !== null ? bound.port : undefined;
        resolve({
          address: port === undefined ? address : { ...address, port },
          close: () => new Promise((closed) => server.close(() => closed())),
        });
      });
    } catch (error) {
      reject(failure(act, error));
    }
  });
}

function connect(
  net: SocketNet,
  address: SocketAddress,
): Promise<{ wire: Wire; attach(events: SocketEvents): void }> {
  return new Promise((resolve, reject) => {
    const act = `connect to ${shown(address)}`;
    try {
      const socket = net.connect({ ...address });
      const failed = (error: Error): void => reject(failure(act, error));
      socket.on("error", failed);
      socket.on("connect", () => {
        socket.off("error", failed);
        socket.on("error", () => {});
        resolve({ wire: wireOver(socket), attach: (events) => attach(socket, events) });
      });
    } catch (error) {
      reject(failure(act, error));
    }
  });
}

function attach(socket: NetSocket, events: SocketEvents): void {
  let isClosed = false;
  const closed = (): void => {
    if (isClosed) return;
    isClosed = true;
    events.closed();
  };
  socket.on("data", (bytes) => {
    if (!isClosed) events.data(bytes);
  });
  socket.on("error", closed);
  // Who has sent all is not listened to any more, either.
  socket.on("end", () => socket.destroy());
  socket.on("close", closed);
}

function wireOver(socket: NetSocket): Wire {
  let isOpen = true;
  socket.on("close", () => isOpen = false);
  socket.on("error", () => isOpen = false);
  socket.setNoDelay();
  return {
    get backlog() {
      return socket.writableLength;
    },
    write(bytes) {
      // What is still buffered when this returns is sent later: it must not be changed then.
      if (isOpen) socket.write(bytes);
    },
    end: () => socket.end(),
    destroy: () => socket.destroy(),
    ref: () => socket.ref(),
    unref: () => socket.unref(),
  };
}

function failure(act: string, error: unknown): Error {
  const { message, code } = error as { message: string; code?: string };
  return new UnsupportedError(`Cannot ${act}: ${code ?? message}`, { cause: error });
}

function shown({ path, host, port }: SocketAddress): string {
  return path ?? `${host}:${port}`;
}
