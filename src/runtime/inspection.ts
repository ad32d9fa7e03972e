/** How objects of ours are shown by `console.log()` and the like, instead of as `Queue {}`. */

type Inspect = (value: unknown, options: object) => string;

/** What is shown of an object: properties by name, or all that a function finds. */
type Look<T> = readonly (keyof T & string)[] | ((self: T) => object);

/** Node and Bun ask for it, with how deep they would still go; an object Bun would show without its class. */
const NODE = Symbol.for("nodejs.util.inspect.custom");
/** Deno asks for it. */
const DENO = Symbol.for("Deno.customInspect");

/**
 * Has the objects of a class and of its subclasses shown with some of what they tell, and with their own fields.
 * What cannot be read is left out, as of something that is closed: to show something never throws.
 *
 * @param name What they are called; by default as their class.
 */
export function inspectable<T extends object>(prototype: T, look: Look<T>, name?: string): void {
  const methods: Record<symbol, unknown> = {
    [NODE](this: T, depth: number | null, options: object, inspect: Inspect): string {
      return inspect(viewOf(this, look, name), { ...options, depth });
    },
    [DENO](this: T, inspect: Inspect, options: object): string {
      return inspect(viewOf(this, look, name), options);
    },
  };
  for (const symbol of [NODE, DENO]) {
    Object.defineProperty(prototype, symbol, { value: methods[symbol], configurable: true });
  }
}

/** An ordinary object of a class of that name. */
function viewOf<T extends object>(self: T, look: Look<T>, name = self.constructor.name): object {
  const View = { [name]: class {} }[name];
  const view: Record<string, unknown> = new View() as Record<string, unknown>;
  const note = (read: () => object): void => {
    try {
      Object.assign(view, read());
    } catch {
      // It is closed, or a prototype.
    }
  };
  if (typeof look === "function") note(() => look(self));
  else for (const key of look) note(() => ({ [key]: self[key] }));
  return Object.assign(view, self);
}
