/** A chart and its table in one: each row has its name, its number and a bar as long as the number. */
import { html, nothing, type TemplateResult } from "lit";

import { formatNumber, gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";

/** `count`: null where it is hidden. */
export interface CountRow {
  readonly name: string;
  readonly label: string | TemplateResult;
  readonly count: number | null;
}

/** `open`: what a press on a row's name does; without it nothing can be pressed, as in a report. */
export function countTable(
  caption: string | TemplateResult,
  rows: readonly CountRow[],
  open?: (row: CountRow) => void,
): TemplateResult {
  const most = Math.max(1, ...rows.map(({ count }) => count ?? 0));
  return html`<table class="count-table">
    <caption>
      ${caption}
    </caption>
    <tbody>
      ${rows.map((row) => countRow(row, most, open))}
    </tbody>
  </table>`;
}

function countRow(
  row: CountRow,
  most: number,
  open: ((row: CountRow) => void) | undefined,
): TemplateResult {
  const { name, label, count } = row;
  const canOpen = open !== undefined && count !== null && count > 0;
  return html`<tr data-row=${name}>
    <th scope="row">
      ${
        canOpen
          ? html`<button class="link" type="button" @click=${() => open(row)}>${label}</button>`
          : label
      }
    </th>
    <td>
      ${
        count === null
          ? html`<span class="hidden-count"
              >${
                // Translators: stands in a table, where a small number is not shown.
                marked(() => gettext("hidden"))
              }</span
            >`
          : html`<div class="count-cell">
              <span class="count" data-count=${count}>${formatNumber(count)}</span
              >${bar(count / most)}
            </div>`
      }
    </td>
  </tr>`;
}

/** A picture whose widths are attributes: the page's policy has no style of its own in an element. */
function bar(share: number): TemplateResult | typeof nothing {
  if (share === 0) return nothing;
  return html`<svg class="bar" aria-hidden="true" focusable="false">
    <rect width="${Math.max(share * 100, 0.5).toFixed(1)}%" height="100%"></rect>
  </svg>`;
}
