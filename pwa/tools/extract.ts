/**
 * Messages in TypeScript, found by its own parser. Babel's extractor for JavaScript loses calls
 * inside Lit templates without a word (python-babel/babel#989).
 */
import ts from "typescript";

export interface Message {
  readonly context: string | undefined;
  readonly msgid: string;
  readonly plural: string | undefined;
  readonly file: string;
  readonly line: number;
  readonly comments: readonly string[];
}

type Role = "context" | "msgid" | "plural";

/** Which leading arguments are texts, and what each of them is. */
const CALLS: ReadonlyMap<string, readonly Role[]> = new Map([
  ["gettext", ["msgid"]],
  ["pgettext", ["context", "msgid"]],
  ["ngettext", ["msgid", "plural"]],
]);
const TAG = "Translators:";
/** A comment is for the call that begins this many lines below it, at most. */
const NEAR_LINES = 2;

export class ExtractionError extends Error {
  override readonly name = "ExtractionError";
}

/** Throws `ExtractionError`, with file and line, on a call whose texts are not literals. */
export function extract(file: string, text: string): Message[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const messages: Message[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const message = readCall(source, node);
      if (message !== undefined) messages.push(message);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return messages;
}

function readCall(source: ts.SourceFile, call: ts.CallExpression): Message | undefined {
  if (!ts.isIdentifier(call.expression)) return undefined;
  const roles = CALLS.get(call.expression.text);
  if (roles === undefined) return undefined;
  const line = lineOf(source, call.getStart(source));
  const texts: Partial<Record<Role, string>> = {};
  roles.forEach((role, at) => {
    const argument = call.arguments[at];
    if (argument === undefined || !ts.isStringLiteralLike(argument)) {
      throw new ExtractionError(`${source.fileName}:${line}: ${role} has to be a literal`);
    }
    texts[role] = argument.text;
  });
  return {
    context: texts.context,
    msgid: texts.msgid ?? "",
    plural: texts.plural,
    file: source.fileName,
    line,
    comments: commentsFor(source, call, line),
  };
}

function commentsFor(source: ts.SourceFile, call: ts.Node, line: number): string[] {
  const found = new Map<number, string>();
  for (let node = call; !ts.isSourceFile(node); node = node.parent) {
    const start = node.getFullStart();
    // "Trailing" is TypeScript's word for what stands on the line of the token before, as in `${/* … */`.
    const block = [
      ...(ts.getTrailingCommentRanges(source.text, start) ?? []),
      ...(ts.getLeadingCommentRanges(source.text, start) ?? []),
    ]
      .filter(({ end }) => line - lineOf(source, end) <= NEAR_LINES)
      .map(({ pos, end }) => source.text.slice(pos, end));
    const comment = block.map(plain).join(" ");
    const at = comment.indexOf(TAG);
    if (at >= 0) found.set(start, comment.slice(at));
    if (ts.isStatement(node)) break;
  }
  return [...new Set(found.values())];
}

function plain(comment: string): string {
  return comment
    .replace(/^\/[/*]+|\*\/$/g, "")
    .replace(/\s*\n\s*\*?\s*/g, " ")
    .trim();
}

function lineOf(source: ts.SourceFile, position: number): number {
  return source.getLineAndCharacterOfPosition(position).line + 1;
}
