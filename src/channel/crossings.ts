/** Everything of this folder that crosses: who imports this can receive it. */
import "./connection.ts";
import "./joinable_queue.ts";
import "./queue.ts";
