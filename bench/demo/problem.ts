/** Why something could not be read, in words. */

const words: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EIO: "the device answers with an error",
  EISDIR: "it is a folder by now",
  ELOOP: "it is a symbolic link by now",
  EMFILE: "too many open files",
  ENAMETOOLONG: "its path is too long",
  ENOENT: "it is not there",
  ENOTDIR: "a folder on its path is none by now",
  ENXIO: "it is not a regular file by now",
  EPERM: "permission denied",
};

/** The problem behind an error of the file system. */
export function problemOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  // Deno names the errors of Node's API by code, but not all of them.
  const known = code ?? /\b(E[A-Z]{2,})\b/.exec(message ?? "")?.[1];
  if (known === undefined) return message ?? String(error);
  return `${words[known] ?? message ?? "unknown"} (${known})`;
}
