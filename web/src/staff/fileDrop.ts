import { h } from "../panels/dom";
import { fileSize } from "./format";
import { icon } from "./icons";
import { w } from "./words";

const ENDINGS = ".xlsx,.xls,.csv,.tsv,.geojson,.json,.gpkg,.zip,.kml,.kmz,.fgb,.parquet,.txt,.dat,.dxf";

/** A place to drop a file on, or to choose one by click or key. */
export class FileDrop {
  readonly element: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly words = h("span", { class: "drop-words" });
  private chosen: File | null = null;

  constructor(
    private readonly changed: (file: File) => void,
    private readonly lead: string,
    id = "file",
  ) {
    this.input = h("input", { type: "file", class: "drop-input", id, accept: ENDINGS, "aria-describedby": `${id}-formats` });
    this.element = h(
      "div",
      { class: "drop" },
      this.input,
      h("label", { class: "drop-zone", for: id }, this.words),
      h("p", { class: "muted drop-formats", id: `${id}-formats` }, w("formats")),
    );
    this.input.addEventListener("change", () => this.take(this.input.files));
    let over = 0;
    const mark = (on: boolean): void => {
      over = on ? over + 1 : Math.max(0, over - 1);
      this.element.classList.toggle("is-over", over > 0);
    };
    this.element.addEventListener("dragenter", () => mark(true));
    this.element.addEventListener("dragleave", () => mark(false));
    this.element.addEventListener("dragover", (event) => event.preventDefault());
    this.element.addEventListener("drop", (event) => {
      event.preventDefault();
      over = 0;
      this.element.classList.remove("is-over");
      this.take(event.dataTransfer?.files ?? null);
    });
    this.show();
  }

  get file(): File | null {
    return this.chosen;
  }

  focus(): void {
    this.input.focus();
  }

  private take(files: FileList | null): void {
    const file = files?.[0] ?? null;
    if (!file) return;
    this.chosen = file;
    this.show();
    this.changed(file);
  }

  private show(): void {
    const file = this.chosen;
    this.element.classList.toggle("has-file", file !== null);
    this.words.replaceChildren(
      ...(file
        ? [
            icon("file", 30),
            h("strong", { class: "drop-name" }, file.name),
            h("span", { class: "muted" }, `${fileSize(file.size)} · ${w("chooseOther")}`),
          ]
        : [
            icon("upload", 34),
            // Nothing is dragged with a finger.
            h("strong", { class: "for-pointer" }, this.lead),
            h("span", { class: "muted for-pointer" }, w("dropOr")),
            h("strong", { class: "for-finger" }, w("chooseFile")),
          ]),
    );
  }
}

/** A file that misses its place must not replace the page. */
export function catchStrayDrops(): () => void {
  const stop = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  };
  window.addEventListener("dragover", stop);
  window.addEventListener("drop", stop);
  return () => {
    window.removeEventListener("dragover", stop);
    window.removeEventListener("drop", stop);
  };
}
