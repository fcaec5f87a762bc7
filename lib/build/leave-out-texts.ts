import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Files with tables of fields or settings. */
const TABLES = /\/lib\/(?:kernel\/settings|jobs\/fields\/[a-z-]+|migrations\/(?:[a-z-]+\/)?[a-z-]+)\.ts$/;
/** What a row says to readers of the reference and to editors. Line numbers stay: a text is in one line. */
const TEXT = /\bdoc: (?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`[^`\n]*`)/g;

/** Leaves the descriptions of fields and settings out of a bundle that shows them to nobody. */
export const leaveOutTexts: Plugin = {
  name: 'leave-out-texts',
  setup({ onLoad }) {
    onLoad({ filter: TABLES }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(TEXT, "doc: ''"),
      loader: 'ts',
    }));
  },
};
