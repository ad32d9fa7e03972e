/** Everything of this folder that crosses: who imports this can receive it. */
import "./hosted.ts";
import "./manager_client.ts";
import "./replies.ts";
import "./sealed.ts";
