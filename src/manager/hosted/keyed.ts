/** Keys: equal as a `Map` takes them for equal, and objects if their bytes are. */
import { type Primitive, Sealed, type Stored } from "../../proxies/sealed.ts";

/** Stands for an object that is a key: there is one for all that have its bytes. */
class Token {
  readonly text: string;
  readonly stored: Sealed;

  constructor(text: string, stored: Sealed) {
    this.text = text;
    this.stored = stored;
  }
}

/** What entries are found by. */
export type Key = Primitive | Token;

/** The keys of one dict or set. */
export class Keys {
  readonly #tokens: Map<string, Token> = new Map();

  /** The key of something stored, which may not be there. */
  find(stored: Stored): Key | undefined {
    return stored instanceof Sealed ? this.#tokens.get(textOf(stored)) : stored;
  }

  /** Whether a key is one that cannot be in any entry. */
  isMissing(stored: Stored, key: Key | undefined): boolean {
    return stored instanceof Sealed && key === undefined;
  }

  /** The key of something stored, which is kept if it is new. */
  keep(stored: Stored): Key {
    if (!(stored instanceof Sealed)) return stored;
    const text = textOf(stored);
    let token = this.#tokens.get(text);
    if (token === undefined) {
      this.#tokens.set(text, token = new Token(text, stored));
      stored.isKept = true;
    }
    return token;
  }

  /** A key is not in any entry any more; what was stored for it. */
  drop(key: Key): Stored {
    if (!(key instanceof Token)) return key;
    this.#tokens.delete(key.text);
    return key.stored;
  }

  /** What was stored for a key. */
  shown(key: Key): Stored {
    return key instanceof Token ? key.stored : key;
  }
}

function textOf({ bytes }: Sealed): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 4096) {
    text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  }
  return text;
}
