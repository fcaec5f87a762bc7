import { withoutControlCharacters } from '../../kernel/control-characters.ts';
import { formatPath, type Problem } from '../../kernel/errors.ts';
import type { Terminal, Tone } from '../terminal.ts';
import { excerpt } from './excerpt.ts';
import type { LiveFinding } from './live/live-findings.ts';

/** Something that is to be said of the jobs file. */
export interface Finding extends Problem {
  readonly level: 'problem' | 'warning';
  /** What belongs there. */
  readonly help: string | undefined;
}

/** What the cloud says, with the line of the jobs file that it is about. */
export interface PlacedLiveFinding extends LiveFinding {
  readonly line: number | undefined;
}

const TONES: Readonly<Record<LiveFinding['level'], Tone>> = { problem: 'bad', warning: 'warn', unknown: 'warn' };

/** The findings for people, in the order of lines, with the lines themselves. */
export function showFindings(findings: readonly Finding[], file: string, text: string, terminal: Terminal): string[] {
  const lines = text.split('\n');
  const isUnclear = (line: number | undefined) => findings.some((other) => other.line === line && isOfText(other));
  return findings.flatMap((finding) => [
    headLine(finding, file, finding.message, terminal),
    ...(hasPlace(finding) ? excerpt(finding, lines, isUnclear(finding.line)) : []).map((shown) => `  ${shown}`),
    ...(finding.help === undefined ? [] : [`  ${terminal.paint('dim', finding.help)}`]),
  ]);
}

/** Is it about what is written, be it a key that is not known? Then nobody knows what stands beside it. */
function isOfText({ message }: Finding): boolean {
  return /^(unknown|not valid|not usable) /.test(message);
}

/** What is said of the whole file has the first line, and is not about it. */
function hasPlace(finding: Finding): boolean {
  return finding.path.length > 0 || isOfText(finding);
}

/** The same for what the cloud says: what was asked, and what to do. */
export function showLiveFindings(findings: readonly PlacedLiveFinding[], file: string, terminal: Terminal): string[] {
  return findings.flatMap((finding) => {
    const { jobs, message, asked, advice } = finding;
    const whose = jobs.length === 0 ? '' : ` (${jobs.length === 1 ? 'job' : 'jobs'} ${jobs.join(', ')})`;
    return [
      headLine(finding, file, `${message}${whose}`, terminal),
      `  ${terminal.paint('dim', `asked: ${withoutControlCharacters(asked)}`)}`,
      `  ${terminal.paint('dim', `to do: ${withoutControlCharacters(advice)}`)}`,
    ];
  });
}

function headLine(
  { level, path, line }: Pick<PlacedLiveFinding, 'level' | 'path'> & { readonly line?: number | undefined },
  file: string,
  message: string,
  terminal: Terminal,
): string {
  const where = path.length === 0 ? '' : `${terminal.paint('strong', withoutControlCharacters(formatPath(path)))}: `;
  const place = line === undefined ? file : `${file}:${line}`;
  return `${place}: ${terminal.paint(TONES[level], level)}: ${where}${withoutControlCharacters(message)}`;
}
