/** Everything of this folder that crosses: who imports this can receive it. */
import "./barrier.ts";
import "./condition.ts";
import "./event.ts";
import "./lock.ts";
import "./rlock.ts";
import "./rwlock.ts";
import "./semaphore.ts";
