/** Taking connections for a manager. */
import { currentRuntime } from "../runtime/current.ts";
import type { SocketAddress, SocketListener } from "../runtime/port.ts";
import { type SocketPlan, SocketSession } from "./socket_session.ts";

/** How many connections there may be that have not proved themselves. */
const MOST_UNPROVED = 64;

/** How many connections there may be. */
const MOST = 512;

/** The connections of a manager. */
export class Listening {
  readonly #listener: SocketListener;
  readonly #sessions: Set<SocketSession>;

  private constructor(listener: SocketListener, sessions: Set<SocketSession>) {
    this.#listener = listener;
    this.#sessions = sessions;
  }

  /**
   * Begins to listen.
   *
   * @param address Where.
   * @param plan What all sessions have in common.
   * @throws {UnsupportedError} if that address cannot be had.
   */
  static async begin(
    address: SocketAddress,
    plan: Omit<SocketPlan, "proved" | "ended">,
  ): Promise<Listening> {
    const sessions = new Set<SocketSession>();
    const unproved = new Set<SocketSession>();
    const whole: SocketPlan = {
      ...plan,
      proved: (session) => unproved.delete(session),
      ended(session) {
        unproved.delete(session);
        sessions.delete(session);
      },
    };
    const listener = await currentRuntime().sockets().listen(address, (wire) => {
      const session = new SocketSession(whole, wire);
      unproved.add(session);
      sessions.add(session);
      // Strangers cannot keep others out: the oldest of them goes.
      if (unproved.size > MOST_UNPROVED) unproved.values().next().value!.stop();
      if (sessions.size > MOST) session.stop();
      return session;
    });
    return new Listening(listener, sessions);
  }

  /** Where, with the port that was chosen. */
  get address(): SocketAddress {
    return this.#listener.address;
  }

  /** Says goodbye to all, and listens no more. */
  close(): void {
    for (const session of [...this.#sessions]) session.goodbye();
    void this.#listener.close();
  }
}
