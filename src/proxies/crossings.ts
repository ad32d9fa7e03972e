/** Everything of this folder that crosses: who imports this can receive it. */
import "./array_proxy.ts";
import "./event_proxy.ts";
import "./hosted.ts";
import "./lock_proxy.ts";
import "./manager_client.ts";
import "./pool_proxy.ts";
import "./queue_proxy.ts";
import "./replies.ts";
import "./sealed.ts";
