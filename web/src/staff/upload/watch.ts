import { eventsUrl } from "../calls";
import type { Desk } from "../desk";
import { isUnderWay } from "../states";
import type { Progress, Upload, UploadState } from "../types";

const POLL_MS = 1_500;
/** Without a word for this long the stream is taken for broken: something between may hold it back. */
const SILENCE_MS = 20_000;

/**
 * Follows a check until it ends. The service tells of it as it goes; where its stream does not come
 * through, it is asked again and again instead.
 */
export class Watch {
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private ended = false;

  constructor(
    private readonly desk: Desk,
    private readonly id: string,
    private readonly told: (progress: Progress | null) => void,
    private readonly done: (upload: Upload) => void,
    private readonly lost: (error: unknown) => void,
  ) {
    this.listen();
  }

  stop(): void {
    this.ended = true;
    this.source?.close();
    if (this.timer) clearTimeout(this.timer);
  }

  private listen(): void {
    const source = (this.source = new EventSource(eventsUrl(this.id)));
    this.expectWord();
    source.addEventListener("progress", (event) => {
      this.expectWord();
      this.told(JSON.parse(event.data as string) as Progress);
    });
    source.addEventListener("state", (event) => {
      this.expectWord();
      const { state } = JSON.parse(event.data as string) as { state: UploadState };
      if (!isUnderWay({ state })) this.poll(0);
    });
    source.addEventListener("error", () => this.poll(0));
  }

  private expectWord(): void {
    if (this.timer) clearTimeout(this.timer);
    if (!this.ended) this.timer = setTimeout(() => this.poll(0), SILENCE_MS);
  }

  private poll(afterMs: number): void {
    this.source?.close();
    this.source = null;
    if (this.timer) clearTimeout(this.timer);
    if (this.ended) return;
    this.timer = setTimeout(() => {
      this.desk.calls.upload(this.id).then(
        (upload) => {
          if (this.ended) return;
          if (isUnderWay(upload)) {
            this.told(upload.progress);
            this.poll(POLL_MS);
          } else {
            this.stop();
            this.done(upload);
          }
        },
        (error: unknown) => {
          if (this.ended) return;
          this.lost(error);
          this.poll(2 * POLL_MS);
        },
      );
    }, afterMs);
  }
}
