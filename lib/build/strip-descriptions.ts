import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Files with tables of fields or settings. */
const TABLES = /\/lib\/(?:kernel\/settings|jobs\/fields\/[a-z-]+|migrations\/(?:[a-z-]+\/)?[a-z-]+)\.ts$/;
/** The descriptions for the reference and for editors. Each is on one line, so line numbers do not change. */
const TEXT = /\bdoc: (?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`[^`\n]*`)/g;

/** Removes the descriptions of fields and settings from bundles that never show them. */
export const stripDescriptions: Plugin = {
  name: 'strip-descriptions',
  setup({ onLoad }) {
    onLoad({ filter: TABLES }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(TEXT, "doc: ''"),
      loader: 'ts',
    }));
  },
};
