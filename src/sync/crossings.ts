/** Everything of this folder that crosses: who imports this can receive it. */
import "./lock.ts";
import "./rlock.ts";
