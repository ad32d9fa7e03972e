/** Everything of this folder that crosses: who imports this can receive it. */
import "./shared_map.ts";
