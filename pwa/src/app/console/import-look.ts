/** What was read of a table, before any of it is brought in: how much is right, what is not, and what answers what. */
import { html, nothing, type TemplateResult } from "lit";

import { answerable, type Form, named } from "../../forms/index.ts";
import { formatList, formatNumber, gettext, ngettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Fault } from "../../imports/index.ts";
import type { Id as Hex } from "../../vault/index.ts";
import type { ReadTable } from "./import-reading.ts";
import { faultSentence, placeName } from "./import-text.ts";

/** Faults, and findings, that are shown at once: whoever mends these sees the others then. */
export const SHOWN = 100;

/** `records`: under which each right row comes in; undefined for what is here already. */
export interface ReadRows extends ReadTable {
  readonly records: readonly (Hex | undefined)[];
}

/** How many rows are right, are here already, are not right. */
export function rowCounts({ reading, records }: ReadRows): TemplateResult {
  const right = reading.contacts.length;
  const wrong = new Set(reading.faults.map(({ row }) => row)).size;
  const here = records.filter((record) => record === undefined).length;
  return html`
    <p>${marked(() => ngettext("{count} row is right.", "{count} rows are right.", right))}</p>
    ${
      here === 0
        ? nothing
        : html`<p>
            ${marked(() =>
              ngettext(
                "{count} of these is here already.",
                "{count} of these are here already.",
                here,
              ),
            )}
          </p>`
    }
    ${
      wrong === 0
        ? nothing
        : html`<p>
            ${marked(() =>
              ngettext("{count} row is not right.", "{count} rows are not right.", wrong),
            )}
          </p>`
    }
  `;
}

/** What has to be mended first, by row and column. */
export function faultList({ reading: { faults, columns } }: ReadTable, form: Form): TemplateResult {
  return html`<div class="caution">
    <p>${marked(() => gettext("Mend these cells, then choose the file again."))}</p>
    <ul>
      ${faults.slice(0, SHOWN).map((fault) => {
        const column = columns[fault.column - 1];
        return html`<li>
          <strong>${marked(() => placeName(fault.row, fault.column))}</strong>
          <bdi>${column?.header ?? labelOf(fault, form)}</bdi><br />
          ${marked(() => faultSentence(fault, column))}
        </li>`;
      })}
    </ul>
    ${faults.length > SHOWN ? html`<p>… ${formatNumber(faults.length)}</p>` : nothing}
  </div>`;
}

/** What answers what; and what was left out, and what is not answered, so that nothing is missed unseen. */
export function columnList({ reading: { columns } }: ReadTable, form: Form): TemplateResult {
  const labels = new Map(answerable(form.fields).map(({ name, label }) => [name, label]));
  const left = columns.filter(({ use, header }) => use === "left" && header !== "");
  const answered = new Set(columns.map(({ key }) => named(key).name));
  const open = answerable(form.fields).filter(
    ({ name, type }) => type !== "calculate" && !answered.has(name),
  );
  const list = (items: readonly string[]): string => formatList([...items]);
  return html`<details class="group">
      <summary>${marked(() => gettext("What the columns answer"))}</summary>
      <dl class="facts">
        ${columns
          .filter(({ use, key }) => use !== "left" && key !== "")
          .map(
            ({ header, key }) =>
              html`<dt><bdi>${header}</bdi></dt>
                <dd><bdi>${labels.get(named(key).name)}</bdi></dd>`,
          )}
      </dl>
      ${
        open.length === 0
          ? nothing
          : html`<p>
              ${marked(() =>
                gettext("No column answers: {questions}", {
                  questions: list(open.map(({ label, name }) => label || name)),
                }),
              )}
            </p>`
      }
    </details>
    ${
      left.length === 0
        ? nothing
        : html`<p class="notice">
            ${marked(() =>
              gettext("Columns left out, they fit no question: {columns}", {
                columns: list(left.map(({ header }) => header)),
              }),
            )}
          </p>`
    }`;
}

function labelOf({ field }: Fault, form: Form): string {
  const asked = answerable(form.fields).find(({ name }) => name === named(field).name);
  return asked?.label ?? field;
}
