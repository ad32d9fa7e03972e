/**
 * Who may connect: both ends prove that they have the key, before either decodes anything of the other's.
 *
 * | step | from | bytes |
 * | --- | --- | --- |
 * | 1 | server | 8 bytes that name the protocol, 32 random bytes s |
 * | 2 | client | 32 random bytes c, HMAC(key, "client" s c) |
 * | 3 | server | 1, HMAC(key, "server" s c); or 0 and the end, if the client's is wrong |
 *
 * HMAC is that of SHA-256. The labels keep one end's proof from being the other's, so that nobody can have the server
 * answer its own challenge. Who connects proves first: a stranger learns nothing that was made with the key.
 */
import { AuthenticationError } from "../errors.ts";

const encoder = new TextEncoder();

/** What the server says first: which protocol this is, and its version. */
export const GREETING: Uint8Array = encoder.encode("x-mp/1\r\n");
/** How many bytes a challenge has. */
export const CHALLENGE = 32;
/** How many bytes a proof has. */
export const PROOF = 32;
/** For how long a client may take its time to prove itself, in ms. */
export const HANDSHAKE_TIME = 5_000;

/** A key of both ends. */
export type AuthKey = string | Uint8Array;

/** One end's knowledge of the key. */
export class Proofs {
  readonly #key: Promise<CryptoKey>;

  /** @param authKey The key. */
  constructor(authKey: Uint8Array) {
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    this.#key = crypto.subtle.importKey("raw", authKey.slice(), algorithm, false, ["sign"]);
  }

  /** What an end sends to prove itself. */
  async prove(end: "client" | "server", s: Uint8Array, c: Uint8Array): Promise<Uint8Array> {
    const signature = await crypto.subtle.sign("HMAC", await this.#key, joined(end, s, c).slice());
    return new Uint8Array(signature);
  }

  /** Whether what an end has sent proves it; takes as long whatever it is. */
  async isProved(
    end: "client" | "server",
    s: Uint8Array,
    c: Uint8Array,
    proof: Uint8Array,
  ): Promise<boolean> {
    const expected = await this.prove(end, s, c);
    let difference = expected.length ^ proof.length;
    for (let i = 0; i < expected.length; i++) difference |= expected[i] ^ proof[i];
    return difference === 0;
  }
}

/** A challenge nobody has seen before. */
export function challenge(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(CHALLENGE));
}

/**
 * A key as bytes.
 *
 * @throws {TypeError} if it is neither text nor bytes, or empty.
 */
export function keyBytes(act: string, authKey: unknown): Uint8Array {
  const bytes = typeof authKey === "string" ? encoder.encode(authKey) : authKey;
  if (bytes instanceof Uint8Array && bytes.length > 0) return bytes.slice();
  const got = bytes instanceof Uint8Array ? "an empty one" : typeof authKey;
  throw new TypeError(`Cannot ${act}: authKey must be a text or bytes, got ${got}`);
}

/** The error of an end that has not proved itself. */
export function refused(act: string, why: string): AuthenticationError {
  return new AuthenticationError(`Cannot ${act}: ${why}`);
}

/** Several runs of bytes as one. */
export function joined(...parts: (string | Uint8Array)[]): Uint8Array {
  const runs = parts.map((part) => typeof part === "string" ? encoder.encode(part) : part);
  const whole = new Uint8Array(runs.reduce((length, run) => length + run.length, 0));
  let at = 0;
  for (const run of runs) {
    whole.set(run, at);
    at += run.length;
  }
  return whole;
}
