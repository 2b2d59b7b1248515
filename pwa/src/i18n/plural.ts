/**
 * A catalog's own rule for its plural forms, so that both languages choose the same one.
 *
 * `Intl.PluralRules` will not do: its categories (`many` in Spanish since CLDR 38, say) are not the
 * forms that a PO file numbers. The rule is a C expression over `n`; it is parsed, never evaluated
 * as code, which the pages' Content-Security-Policy would refuse anyway.
 */
export type PluralRule = (n: number) => number;

export class PluralRuleError extends Error {
  override readonly name = "PluralRuleError";
}

/** Reads `nplurals=2; plural=(n != 1);`. */
export function parsePluralForms(header: string): { count: number; rule: PluralRule } {
  const found = /^\s*nplurals\s*=\s*(\d+)\s*;\s*plural\s*=\s*([^;]+);?\s*$/.exec(header);
  const [, count, expression] = found ?? [];
  if (count === undefined || expression === undefined) throw new PluralRuleError(header);
  return { count: Number(count), rule: new Parser(expression).rule() };
}

/** From the loosest to the tightest, as in C; all of them are left-associative. */
const PRECEDENCE: Record<string, (a: number, b: number) => number>[] = [
  { "||": (a, b) => Number(a !== 0 || b !== 0) },
  { "&&": (a, b) => Number(a !== 0 && b !== 0) },
  { "==": (a, b) => Number(a === b), "!=": (a, b) => Number(a !== b) },
  {
    "<": (a, b) => Number(a < b),
    "<=": (a, b) => Number(a <= b),
    ">": (a, b) => Number(a > b),
    ">=": (a, b) => Number(a >= b),
  },
  { "+": (a, b) => a + b, "-": (a, b) => a - b },
  { "*": (a, b) => a * b, "/": (a, b) => Math.trunc(a / b), "%": (a, b) => a % b },
];

class Parser {
  private readonly tokens: string[];

  constructor(expression: string) {
    this.tokens = expression.match(/\d+|n|\|\||&&|[=!<>]=|[<>!?:()+\-*/%]|\S/g) ?? [];
  }

  rule(): PluralRule {
    const rule = this.choice();
    if (this.tokens.length > 0) throw new PluralRuleError(this.tokens.join(" "));
    return rule;
  }

  private choice(): PluralRule {
    const condition = this.binary(0);
    if (!this.take("?")) return condition;
    const yes = this.choice();
    this.expect(":");
    const no = this.choice();
    return (n) => (condition(n) === 0 ? no(n) : yes(n));
  }

  private binary(level: number): PluralRule {
    const operators = PRECEDENCE[level];
    if (operators === undefined) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const operator = operators[this.tokens[0] ?? ""];
      if (operator === undefined) return left;
      this.tokens.shift();
      const [first, second] = [left, this.binary(level + 1)];
      left = (n) => operator(first(n), second(n));
    }
  }

  private unary(): PluralRule {
    if (this.take("!")) {
      const negated = this.unary();
      return (n) => Number(negated(n) === 0);
    }
    if (this.take("(")) {
      const inner = this.choice();
      this.expect(")");
      return inner;
    }
    const token = this.tokens.shift();
    if (token === "n") return (n) => n;
    if (token === undefined || !/^\d+$/.test(token)) throw new PluralRuleError(token);
    return () => Number(token);
  }

  private take(token: string): boolean {
    if (this.tokens[0] !== token) return false;
    this.tokens.shift();
    return true;
  }

  private expect(token: string): void {
    if (!this.take(token)) throw new PluralRuleError(`${token} expected`);
  }
}
