import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPage } from '../fixtures/markdown-page.ts';

const FILE = join(import.meta.dirname, '../../docs/runbook.md');
/** The text before the first `##` has the page's title. */
const HEADING = /^##? (.+)$/m;

/** A section of docs/runbook.md, as a reader at night has it. */
export interface Section {
  readonly heading: string;
  readonly anchor: string;
  readonly text: string;
  /** The commands of its snippets, each one as printed, without comments. */
  readonly commands: readonly string[];
  /** The commands that its text and its tables mention. */
  readonly mentioned: readonly string[];
  /** The scenario files in `examples/scenarios/` that it links to. */
  readonly scenarios: readonly string[];
}

/** The sections of the runbook, in their order. */
export const SECTIONS: readonly Section[] = readFileSync(FILE, 'utf8')
  .split(/^(?=## )/m)
  .map(readSection);

/** @throws {Error} if the page has no such heading */
export function sectionOf(heading: string): Section {
  const found = SECTIONS.find((section) => section.heading === heading);
  if (!found) throw new Error(`docs/runbook.md has no section "${heading}"`);
  return found;
}

function readSection(text: string): Section {
  const { headings, snippets, inlineCode } = readPage('docs/runbook.md', text);
  const heading = HEADING.exec(text)?.[1] ?? '';
  return {
    heading,
    anchor: headings[0]?.anchor ?? '',
    text,
    commands: snippets.filter(({ language }) => language === 'sh').flatMap(({ code }) => commandsIn(code)),
    mentioned: inlineCode.filter((code) => /^(?:npx|runs|pause|resume)\b/.test(code)),
    scenarios: [...text.matchAll(/\]\(\.\.\/examples\/scenarios\/([^)]+)\)/g)].map(([, file = '']) => file),
  };
}

function commandsIn(code: string): string[] {
  return code.split('\n').flatMap((line) => {
    const command = line.replace(/\s+#.*$/, '').trim();
    return command === '' ? [] : [command];
  });
}

/** The words of a command, as a shell reads them: with quotes, and without variables, redirections and pipes, which the page does not use. */
export function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  );
}
