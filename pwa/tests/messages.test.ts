import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { extract, ExtractionError } from "../tools/extract.ts";
import { collect, sources } from "../tools/messages.ts";
import { writePot } from "../tools/pot.ts";

const LIT = `
import { html } from "lit";
export const page = (n: number, day: string) => html\`
  <p class='it's'>Don't lose \${gettext("After an apostrophe")}</p>
  <input placeholder="\${gettext("In an attribute")}" .value=\${gettext<string>("With a type")}>
  \${n > 0 ? html\`<b title='\${pgettext("button", "Open")}'>\${ngettext("{count} note", "{count} notes", n, { day })}</b>\` : ""}
  \${/* Translators: a day of the week */ gettext("Kept on {day}", { day: \`\${day}'s\` })}
  \${marked(() => gettext('With "quotes"'))}
\`;
// Translators: the long
// way round.
const far = gettext(
  "On the next line",
);
// gettext("In a comment") is not a call
const other = "gettext('in a text')";
`;

test("nothing is lost inside Lit templates", () => {
  const found = extract("page.ts", LIT);
  expect(found.map(({ msgid }) => msgid)).toEqual([
    "After an apostrophe",
    "In an attribute",
    "With a type",
    "Open",
    "{count} note",
    "Kept on {day}",
    'With "quotes"',
    "On the next line",
  ]);
  expect(found[3]).toMatchObject({ context: "button", line: 6 });
  expect(found[4]).toMatchObject({ plural: "{count} notes" });
  expect(found[5]?.comments).toEqual(["Translators: a day of the week"]);
  expect(found[7]?.comments).toEqual(["Translators: the long way round."]);
  expect(found[0]?.comments).toEqual([]);
});

test("a template says where, for whom and with which placeholders", () => {
  const pot = writePot(extract("page.ts", LIT));
  expect(pot).toContain(
    '#. Translators: a day of the week\n#: page.ts:7\n#, python-brace-format\nmsgid "Kept on {day}"\nmsgstr ""',
  );
  expect(pot).toContain('msgid "With \\"quotes\\""');
  expect(pot).toContain('msgctxt "button"\nmsgid "Open"');
});

test("a text that is no literal is refused with its place", () => {
  expect(() => extract("a.ts", "\ngettext(name)")).toThrow(/a\.ts:2/);
  expect(() => extract("a.ts", "gettext(`a ${b}`)")).toThrow(ExtractionError);
});

test("two plurals of one message are refused", () => {
  const messages = extract("a.ts", 'ngettext("a", "b", 1); ngettext("a", "c", 1);');
  expect(() => writePot(messages)).toThrow(ExtractionError);
});

test("every call in the sources is in the template", async () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  let calls = 0;
  for (const file of await sources()) {
    const code = (await readFile(root + file, "utf-8"))
      .replace(/\/\*[^]*?\*\//g, "")
      .replace(/^\s*\/\/.*$/gm, "");
    calls += code.match(/\b[np]?gettext(<\w+>)?\(/g)?.length ?? 0;
  }
  const messages = await collect();
  expect(messages).toHaveLength(calls);
  expect(writePot(messages).match(/^#: /gm)).toHaveLength(calls);
});
