/**
 * `<copies-home>`: pictures of papers, newest first, a page at a time; and taking one.
 * Properties: `vault`. Events: `go`, `back`.
 */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { DamagedError, type Id, type IndexLine, UnknownRowError } from "../../vault/index.ts";
import { type Picture, pictureUrl } from "../keeping/pictures.ts";
import { ListScreen } from "../list-screen.ts";
import { dayOf } from "../states.ts";
import { keepFromNowOn } from "../storage.ts";
import "./photo-camera.ts";
import type { PictureTaken } from "./photo-camera.ts";

/** So many are shown, and opened, before somebody asks for more. */
const PAGE = 24;

interface Line {
  /** As the index had it when it was read. */
  readonly of: IndexLine;
  readonly id: Id;
  /** `undefined` where it does not open any more. */
  readonly name: string | undefined;
  readonly day: string;
  readonly url: string | undefined;
}

export class CopiesHome extends ListScreen {
  static override readonly properties = {
    ...ListScreen.properties,
    lines: { state: true },
    limit: { state: true },
    unsaved: { state: true },
  };

  /** Undefined until they are read. */
  declare private lines: readonly Line[] | undefined;
  declare private limit: number;
  /** Taken, and not on the disk: to be tried again. */
  declare private unsaved: Picture | undefined;

  constructor() {
    super();
    this.limit = PAGE;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.lines = undefined;
    this.unsaved = undefined;
  }

  protected override render(): TemplateResult {
    const { lines, unsaved } = this;
    return html`
      <h1>${marked(() => gettext("Copies of papers"))}</h1>
      <p>
        ${marked(() => gettext("A photo taken here goes straight in, locked. The phone's gallery never has it, and the place and time that a camera notes are left out."))}
      </p>
      ${this.faultTemplate()}
      ${
        unsaved === undefined
          ? html`<photo-camera
              @picture=${({ picture }: PictureTaken) => this.keep(picture)}
            ></photo-camera>`
          : html`<img class="picture" src=${pictureUrl(unsaved.thumbnail)} alt="" />
              ${this.busy ? nothing : this.again(unsaved)}`
      }
      <div class="buttons">
        <button class="button" type="button" @click=${() => this.back()}>
          ${marked(() => gettext("Back"))}
        </button>
      </div>
      ${lines === undefined ? nothing : this.list(lines)}
    `;
  }

  private again(unsaved: Picture): TemplateResult {
    return html`<button
      class="button button--primary"
      type="button"
      @click=${() => this.keep(unsaved)}
    >
      ${marked(() => gettext("Try again"))}
    </button>`;
  }

  private list(lines: readonly Line[]): TemplateResult {
    return html`
      ${lines.length > 0 ? nothing : html`<p class="hint">${marked(() => gettext("No copies yet."))}</p>`}
      <ul class="cards cards--pictures">
        ${repeat(
          lines,
          ({ id }) => id,
          (line) => this.card(line),
        )}
      </ul>
      ${
        this.count() <= lines.length
          ? nothing
          : html`<button class="button" type="button" @click=${() => void this.showMore()}>
              ${marked(() => gettext("Show more"))}
            </button>`
      }
    `;
  }

  private card({ id, name, day, url }: Line): TemplateResult {
    return html`<li>
      <button class="card" type="button" @click=${() => this.go({ name: "copy", copy: id })}>
        ${url === undefined ? nothing : html`<img src=${url} alt="" decoding="async" />`}
        <span>
          ${
            name === undefined
              ? marked(() =>
                  gettext("This cannot be read on this phone any more. It is kept as it is."),
                )
              : html`<span class="title" dir="auto">${name}</span>`
          }
          <span class="hint">${marked(() => gettext("Saved on {day}", { day }))}</span>
        </span>
      </button>
    </li>`;
  }

  private keep(picture: Picture): void {
    this.unsaved = picture;
    void this.attempt(async () => {
      const copy = await this.vault.copies.keep({ name: "", ...picture });
      this.unsaved = undefined;
      keepFromNowOn();
      if (this.isConnected) this.go({ name: "copy", copy }, () => gettext("Saved."));
    });
  }

  private count(): number {
    return this.vault.isOpen.value ? this.vault.copies.lines().length : 0;
  }

  private async showMore(): Promise<void> {
    this.limit += PAGE;
    await this.load();
  }

  protected override async read(): Promise<() => void> {
    const shown = this.vault.copies.lines().slice(0, this.limit);
    // What did not change is not opened again: a phone that sends its copies changes something all the time.
    const known = new Map(this.lines?.map((line) => [line.of, line]));
    const read = await Promise.all(
      shown.map(async (line) => known.get(line) ?? this.readOrSay(line)),
    );
    return () => (this.lines = read.filter((line) => line !== undefined));
  }

  /** `undefined` where another tab deleted it meanwhile. */
  private async readOrSay(of: IndexLine): Promise<Line | undefined> {
    const { id } = of;
    const day = dayOf(of.order);
    // Made into an address once: a picture that is shown already is not decoded again.
    const known = this.lines?.find((line) => line.id === id)?.url;
    try {
      const { name, thumbnail } = await this.vault.copies.read(id);
      return { of, id, name, day, url: known ?? pictureUrl(thumbnail) };
    } catch (error) {
      if (error instanceof UnknownRowError) return undefined;
      if (error instanceof DamagedError) return { of, id, name: undefined, day, url: undefined };
      throw error;
    }
  }
}

customElements.define("copies-home", CopiesHome);
