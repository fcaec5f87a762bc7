import { withoutControlCharacters } from '../../kernel/control-characters.ts';
import { formatPath, type Problem } from '../../kernel/errors.ts';
import type { Terminal, Tone } from '../terminal.ts';
import { excerpt } from './excerpt.ts';
import type { LiveFinding } from './live/live-findings.ts';

/** A problem or warning about the jobs file. */
export interface Finding extends Problem {
  readonly level: 'problem' | 'warning';
  /** What is expected there. */
  readonly help: string | undefined;
}

/** A live finding, with the line of the jobs file that it concerns. */
export interface PlacedLiveFinding extends LiveFinding {
  readonly line: number | undefined;
}

const TONES: Readonly<Record<LiveFinding['level'], Tone>> = { problem: 'bad', warning: 'warn', unknown: 'warn' };

/** The findings for people, in line order, with excerpts. */
export function showFindings(findings: readonly Finding[], file: string, text: string, terminal: Terminal): string[] {
  const lines = text.split('\n');
  const isUnclear = (line: number | undefined) => findings.some((other) => other.line === line && isAboutSyntax(other));
  return findings.flatMap((finding) => [
    headLine(finding, file, finding.message, terminal),
    ...(hasPlace(finding) ? excerpt(finding, lines, isUnclear(finding.line)) : []).map((shown) => `  ${shown}`),
    ...(finding.help === undefined ? [] : [`  ${terminal.paint('dim', finding.help)}`]),
  ]);
}

/** Does it concern the syntax, or an unknown key? If so, the rest of the line may be anything. */
function isAboutSyntax({ message }: Finding): boolean {
  return /^(unknown|not valid|not usable) /.test(message);
}

/** A finding about the whole file has line 1, but does not concern that line. */
function hasPlace(finding: Finding): boolean {
  return finding.path.length > 0 || isAboutSyntax(finding);
}

/** Live findings for people: what was checked, and what to do. */
export function showLiveFindings(findings: readonly PlacedLiveFinding[], file: string, terminal: Terminal): string[] {
  return findings.flatMap((finding) => {
    const { jobs, message, asked, advice } = finding;
    const whose = jobs.length === 0 ? '' : ` (${jobs.length === 1 ? 'job' : 'jobs'} ${jobs.join(', ')})`;
    return [
      headLine(finding, file, `${message}${whose}`, terminal),
      `  ${terminal.paint('dim', `checked with: ${withoutControlCharacters(asked)}`)}`,
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
