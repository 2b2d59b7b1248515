import compat from "eslint-plugin-compat";
import { configs as lit } from "eslint-plugin-lit";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

// The two floors, `vault` and `reading`, stand in package.json for this lint and for the build.

/** What every page runs, on phones too old for the vault as well. */
const READING = [
  "src/leave.ts",
  "src/units.ts",
  "src/one-file.ts",
  "src/reader/**/*.ts",
  "src/i18n/**/*.ts",
  "src/service-worker/**/*.ts",
];

const MARKUP = ["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({
  property,
  message: "Text goes in as text; trusted markup is made by the build.",
}));

/** Methods of elements, texts and lists, which the lint of globals does not see. */
const TOO_NEW = [
  "replaceChildren",
  "replaceAll",
  "at",
  "findLast",
  "findLastIndex",
  "toSorted",
].map((property) => ({ property, message: "Chromium 80 does not have it." }));

export default defineConfig(
  globalIgnores(["dist/", "node_modules/"]),
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ["./tsconfig.json", "./tsconfig.service-worker.json", "./tsconfig.tools.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "no-restricted-properties": ["error", ...MARKUP],
    },
  },
  {
    files: ["src/**/*.ts"],
    extends: [compat.configs["flat/recommended"], lit["flat/recommended"]],
    settings: { browserslistOpts: { env: "vault" } },
  },
  {
    files: READING,
    settings: { browserslistOpts: { env: "reading" } },
    rules: { "no-restricted-properties": ["error", ...MARKUP, ...TOO_NEW] },
  },
  {
    files: ["tests/**/*.ts"],
    rules: { "@typescript-eslint/no-floating-promises": "off" },
  },
);
