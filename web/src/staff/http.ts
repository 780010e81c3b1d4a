import { lang } from "../i18n";
import { Problem } from "./problem";

type Method = "GET" | "POST" | "PATCH" | "DELETE";

interface Asked {
  method?: Method;
  body?: unknown;
  /** What the body is, where it is not plain JSON. */
  type?: string;
  headers?: Record<string, string>;
  query?: Record<string, string | number | null | undefined>;
  signal?: AbortSignal;
}

/** A file on its way: what is sent so far, and the way to stop it. */
export interface Sending<T> {
  answer: Promise<T>;
  cancel: () => void;
}

/**
 * The way to the service as the account of this page. Every change carries the session's token
 * against forgery; a session that has ended is asked for again and the request is then repeated.
 */
export class Http {
  csrf = "";
  /** Asks the person to log in again; resolves once they have, rejects when they will not. */
  renew: () => Promise<void> = () => Promise.reject(Problem.silent());

  async json<T>(path: string, asked: Asked = {}): Promise<T> {
    return (await this.tagged<T>(path, asked)).body;
  }

  /** An answer with the tag of the state that it shows, for a change that says what it is made to. */
  async tagged<T>(path: string, asked: Asked = {}): Promise<{ body: T; etag: string }> {
    const answer = await this.fetch(path, asked);
    const body = (answer.status === 204 ? null : await answer.json()) as T;
    return { body, etag: answer.headers.get("etag") ?? "" };
  }

  private async fetch(path: string, asked: Asked, again = true): Promise<Response> {
    const answer = await fetch(address(path, asked.query), {
      method: asked.method ?? "GET",
      headers: this.headers(asked),
      body: asked.body === undefined ? null : JSON.stringify(asked.body),
      signal: asked.signal ?? null,
      credentials: "same-origin",
    }).catch((error: unknown) => {
      if (asked.signal?.aborted) throw error;
      throw Problem.silent();
    });
    if (answer.ok) return answer;
    if (answer.status === 401 && again && !path.startsWith("/api/login")) {
      await this.renew();
      return this.fetch(path, asked, false);
    }
    throw await Problem.of(answer);
  }

  private headers({ method = "GET", body, type = "application/json", headers = {} }: Asked): Record<string, string> {
    const own: Record<string, string> = { "Accept-Language": lang, Accept: "application/json", ...headers };
    if (method !== "GET") own["X-CSRF-Token"] = this.csrf;
    if (body !== undefined) own["Content-Type"] = type;
    return own;
  }

  /** Sends a form with a file. `fetch` can not tell how much of a body is sent. */
  send<T>(path: string, form: FormData, key: string, told: (sent: number, of: number) => void): Sending<T> {
    let current: XMLHttpRequest | null = null;
    const once = (): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        const request = (current = new XMLHttpRequest());
        request.open("POST", path);
        request.setRequestHeader("Accept-Language", lang);
        request.setRequestHeader("X-CSRF-Token", this.csrf);
        request.setRequestHeader("Idempotency-Key", key);
        request.upload.addEventListener("progress", ({ loaded, total }) => told(loaded, total));
        request.addEventListener("error", () => reject(Problem.silent()));
        request.addEventListener("abort", () => reject(new DOMException("cancelled", "AbortError")));
        request.addEventListener("load", () => {
          if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as T);
          else reject(Problem.parsed(request.status, request.responseText, request.getResponseHeader("retry-after")));
        });
        request.send(form);
      });
    const answer = once().catch(async (error: unknown) => {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      await this.renew();
      return once();
    });
    return { answer, cancel: () => current?.abort() };
  }
}

function address(path: string, query: Asked["query"] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") parameters.set(name, String(value));
  }
  return parameters.size > 0 ? `${path}?${parameters}` : path;
}

/** A name for one attempt, so that a repeated request is not a second upload. Works without https too. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
