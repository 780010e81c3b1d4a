/**
 * What is still under way. The document's `data-state` says "busy" or "idle", so that a test, a
 * printer or a screenshot knows when the page is whole.
 */
export class Activity {
  private readonly running = new Set<string>();

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

  private tell(): void {
    this.root.dataset["state"] = this.running.size > 0 ? "busy" : "idle";
  }
}
