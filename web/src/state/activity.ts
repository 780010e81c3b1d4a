/**
 * What is still under way. The document's `data-state` says "busy" or "idle", so that a test, a
 * printer or a screenshot knows when the page is whole.
 */
export class Activity {
  private readonly running = new Set<string>();
  private readonly listeners = new Set<(busy: boolean) => void>();
  private busy = false;

  constructor(private readonly root: HTMLElement) {
    this.tell();
  }

  begin(name: string): void {
    this.running.add(name);
    this.tell();
  }

  end(name: string): void {
    this.running.delete(name);
    this.tell();
  }

  /** Runs when the page begins to wait and when it has everything. */
  onChange(listener: (busy: boolean) => void): void {
    this.listeners.add(listener);
    if (this.busy) listener(true);
  }

  private tell(): void {
    const busy = this.running.size > 0;
    this.root.dataset["state"] = busy ? "busy" : "idle";
    if (busy === this.busy) return;
    this.busy = busy;
    for (const listener of this.listeners) listener(busy);
  }
}
