import { get } from "../api";

/** How far a file has come: bytes, and of how many where the server says so. */
export type Told = (done: number, total: number | null) => void;

/** A file of the server's, told piece by piece as it comes. */
export async function fetchFile(query: Record<string, string | number>, told: Told, signal: AbortSignal): Promise<Blob> {
  const answer = await get("/api/export", query, signal);
  const length = Number(answer.headers.get("content-length"));
  const packed = answer.headers.has("content-encoding");
  const total = length > 0 && !packed ? length : null;
  const reader = answer.body?.getReader();
  if (!reader) return answer.blob();
  const pieces: BlobPart[] = [];
  let done = 0;
  for (;;) {
    const { done: ended, value } = await reader.read();
    if (ended) break;
    pieces.push(value as BlobPart);
    done += value.byteLength;
    told(done, total);
  }
  return new Blob(pieces, { type: answer.headers.get("content-type") ?? "" });
}

/** Hands a file to the browser's downloads. */
export function save(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The download has begun; its bytes are let go a little later, when it surely holds them.
  window.setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export function bytesWords(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
