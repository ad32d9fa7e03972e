/** A thread that sends back what it is sent: the rival of whatever goes there and back. */

/** Starts it; what is returned sends something, and resolves when it is back. */
export function echoing<T>(message?: T): () => Promise<void> {
  const source = "onmessage = ({ data }) => postMessage(data);";
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  return () =>
    new Promise((resolve) => {
      worker.onmessage = () => resolve();
      worker.postMessage(message);
    });
}
