/**
 * `<join-language>`: languages by their own names.
 * Properties: `languages`. Events: `language` with the choice.
 */
import { html, type TemplateResult } from "lit";

import { preferred } from "../../reader/languages.ts";
import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Language } from "../language.ts";
import { ScreenElement } from "../screen-element.ts";
import { LanguageChosen } from "../screens.ts";

export class JoinLanguage extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    languages: { attribute: false },
  };

  declare languages: readonly Language[];

  protected override render(): TemplateResult {
    return html`
      <h1>${marked(() => gettext("Choose your language"))}</h1>
      <ul class="cards">
        ${this.inOrder().map(
          (language) =>
            html`<li>
              <button
                class="button button--wide"
                type="button"
                lang=${language.tag}
                dir=${language.dir}
                ?disabled=${this.busy}
                @click=${() => this.choose(language)}
              >
                ${language.name}
              </button>
            </li>`,
        )}
      </ul>
    `;
  }

  /** The browser's own first. */
  private inOrder(): readonly Language[] {
    const tags = preferred(
      this.languages.map(({ tag }) => tag),
      navigator.languages,
    );
    const first = tags.flatMap((tag) => this.languages.filter((each) => each.tag === tag));
    return [...first, ...this.languages.filter(({ tag }) => !tags.includes(tag))];
  }

  private choose(language: Language): void {
    this.busy = true;
    this.dispatchEvent(new LanguageChosen(language));
  }
}

customElements.define("join-language", JoinLanguage);
