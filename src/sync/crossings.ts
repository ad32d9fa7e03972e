/** Everything of this folder that crosses: who imports this can receive it. */
import "./condition.ts";
import "./event.ts";
import "./lock.ts";
import "./rlock.ts";
