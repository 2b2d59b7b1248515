/** Puts the app on its page, in the page's language. */
import { speak } from "../reader/load.ts";
import { pageLocale } from "../reader/site.ts";
import "./elements/contact-decide.ts";
import "./elements/contact-form.ts";
import "./elements/contact-view.ts";
import "./elements/draft-list.ts";
import "./elements/join-invited.ts";
import "./elements/join-language.ts";
import "./elements/join-paste.ts";
import "./elements/note-editor.ts";
import "./elements/notes-home.ts";
import "./elements/passphrase-choice.ts";
import "./elements/programme-about.ts";
import { SojournApp } from "./elements/sojourn-app.ts";
import "./elements/tool-cards.ts";
import "./elements/vault-make.ts";
import "./elements/vault-open.ts";

export async function start(fragment: string | undefined): Promise<void> {
  await speak(pageLocale() || "en", "app/messages");
  const app = document.querySelector("sojourn-app");
  if (app instanceof SojournApp) await app.begin(fragment);
}
