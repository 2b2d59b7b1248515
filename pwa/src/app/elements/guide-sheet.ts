/**
 * `<guide-sheet>`: the guidance for outreach workers and the signs, over the screen that is open: nothing of
 * it is lost, and it stands where it stood once the sheet is closed. Events: `close`.
 */
import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";

import { gettext, locale } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { loadParts } from "../../reader/load.ts";
import type { PartPage } from "../../reader/part.ts";
import { textOfPage } from "../../reader/search/html.ts";
import { type GuideBlock, guideBlocks, guideOrder } from "../guide-text.ts";
import { showModal } from "../confirmation.ts";
import { unloaded } from "../faults.ts";
import { ScreenElement } from "../screen-element.ts";

interface GuidePage {
  readonly title: string;
  readonly main: string;
}

const FOLDER = "/guide/";

export class GuideSheet extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    pages: { state: true },
    open: { state: true },
  };

  declare private pages: readonly GuidePage[] | undefined;
  declare private open: GuidePage | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(() => this.load());
  }

  protected override render(): TemplateResult {
    return html`<dialog
      class="sheet"
      aria-labelledby="guide"
      ${ref(showModal)}
      @close=${() => this.dispatchEvent(new Event("close"))}
    >
      <div class="buttons sheet-top">
        ${
          this.open === undefined
            ? nothing
            : html`<button class="button" type="button" @click=${() => this.turn(undefined)}>
                ${marked(() => gettext("Back"))}
              </button>`
        }
        <button class="button" type="button" @click=${this.close}>
          ${marked(() => gettext("Close"))}
        </button>
      </div>
      ${this.faultTemplate()} ${this.open === undefined ? this.list() : page(this.open)}
    </dialog>`;
  }

  private list(): TemplateResult {
    return html`<h2 id="guide" tabindex="-1">${marked(() => gettext("Guidance"))}</h2>
      <ul class="cards">
        ${
          this.pages?.map(
            (each) =>
              html`<li>
                <button class="card" type="button" @click=${() => this.turn(each)}>
                  ${each.title}
                </button>
              </li>`,
          ) ?? nothing
        }
      </ul>`;
  }

  private async load(): Promise<void> {
    const { parts, missing } = await loadParts(locale(), (subject) =>
      subject.startsWith("pages/guide"),
    );
    const found = new Map(parts.flatMap(({ pages }) => [...(pages ?? [])]));
    const order = guideOrder(found.get(FOLDER)?.main ?? "");
    const slugs = [...found.keys()].filter((path) => path !== FOLDER && path.startsWith(FOLDER));
    const rank = (path: string): number => order.indexOf(path.slice(FOLDER.length));
    this.pages = slugs.sort((a, b) => rank(a) - rank(b)).map((path) => guidePage(found.get(path)));
    if (missing > 0) this.fault = unloaded;
  }

  private turn(to: GuidePage | undefined): void {
    this.open = to;
    void this.updateComplete.then(() => {
      const heading = this.querySelector<HTMLElement>("#guide");
      heading?.focus();
      this.querySelector("dialog")?.scrollTo(0, 0);
    });
  }

  private readonly close = (): void => {
    this.querySelector("dialog")?.close();
  };
}

function guidePage(found: PartPage | undefined): GuidePage {
  const main = found?.main ?? "";
  return { title: textOfPage(main).title, main };
}

function page({ title, main }: GuidePage): TemplateResult {
  return html`<h2 id="guide" tabindex="-1">${title}</h2>
    ${grouped(guideBlocks(main)).map((blocks) => {
      const [first] = blocks;
      if (first?.kind !== "li") return blocks.map(block);
      return html`<ul>
        ${blocks.map(block)}
      </ul>`;
    })}`;
}

function block({ kind, text, lang }: GuideBlock): TemplateResult {
  const words =
    lang === undefined
      ? text
      : html`<span class="fallback" lang=${lang} dir="ltr"
          >${text} <small class="mark">${lang.toUpperCase()}</small></span
        >`;
  if (kind === "h2") return html`<h3>${words}</h3>`;
  return kind === "li" ? html`<li>${words}</li>` : html`<p>${words}</p>`;
}

/** Neighbours of one kind together: the points of a list. */
function grouped(blocks: readonly GuideBlock[]): GuideBlock[][] {
  const groups: GuideBlock[][] = [];
  for (const each of blocks) {
    const last = groups.at(-1);
    if (last?.[0]?.kind === each.kind) last.push(each);
    else groups.push([each]);
  }
  return groups;
}

customElements.define("guide-sheet", GuideSheet);
