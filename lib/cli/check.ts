import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { formatPath, type Problem } from '../errors.ts';
import type { Job } from '../jobs/job.ts';
import { formatOf, type InspectedJobs, inspectJobs } from '../jobs/load-jobs.ts';
import type { AddCommands, CommonOptions } from './command-line.ts';
import { describePlace } from './describe-place.ts';
import { excerpt } from './excerpt.ts';
import { EXIT } from './exit-code.ts';
import type { Place } from './place.ts';
import type { Terminal } from './terminal.ts';

interface CheckOptions extends CommonOptions {
  readonly strict?: boolean;
}

/** `check`: everything that can be known about the jobs file. */
export const addCheck: AddCommands = (program, maker) => {
  maker.command<CheckOptions>(program, 'check', {
    summary: 'find everything that is wrong with the jobs file, with its line and what to do',
    about: [
      'Sends nothing, and needs no keys. The file is judged as it would be deployed: what needs a ledger is refused where there is none,',
      'unless --local is given (npm start brings one) or MIGRATIONS_LEDGER_FOLDER is set.',
      'Exit code 0: nothing is wrong (warnings do not count, unless --strict). 1: something is. 3: the file can not be read.',
    ].join('\n'),
    examples: [
      'npx migrations check',
      'npx migrations check --strict --jobs staging.yml',
      "npx migrations check --json | jq '.problems[]'",
    ],
    hasPlace: true,
    add: (command) => {
      command.option('--strict', 'warnings count as problems');
    },
    work: async ({ terminal, env, cwd, place }, options) => {
      const here = await place();
      const { text, found } = await inspect(here, options, env);
      const { loaded, problems, warnings } = found;
      const file = relative(cwd, here.jobsFile) || here.jobsFile;
      const findings = [
        ...problems.map((problem) => ({ ...problem, level: 'problem' as const, help: describePlace(problem.path) })),
        ...warnings.map((problem) => ({ ...problem, level: 'warning' as const, help: undefined })),
      ].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
      const jobs = [...(loaded?.jobs.jobs.values() ?? [])];
      const isGood = problems.length === 0 && (warnings.length === 0 || !options.strict);
      terminal.result(
        {
          file: here.jobsFile,
          problems: findings.map(({ path, ...finding }) => ({ path: formatPath(path), ...finding })),
          jobs: jobs.map(describeJob),
        },
        () => [
          ...findings.flatMap((finding) => showFinding(finding, file, text, findings, terminal)),
          summaryLine(file, found, jobs.length, terminal),
        ],
      );
      return isGood ? EXIT.done : EXIT.failed;
    },
  });
};

interface Finding extends Problem {
  readonly level: 'problem' | 'warning';
  /** What belongs there. */
  readonly help: string | undefined;
}

/** @throws {ConfigError} when the file can't be read */
async function inspect(
  here: Place,
  { local }: CheckOptions,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly text: string; readonly found: InspectedJobs }> {
  const text = await readFile(here.jobsFile, 'utf8').catch(async (): Promise<string> => {
    // Says why, as every other command does.
    await here.loadJobs();
    return '';
  });
  const brings = local === true || Boolean(env['MIGRATIONS_LEDGER_FOLDER']);
  return { text, found: await inspectJobs(text, formatOf(here.jobsFile), brings ? { ledger: 'given' } : {}) };
}

function describeJob({ name, on, kind }: Job) {
  return { name, triggers: Object.keys(on), action: kind };
}

function showFinding(
  finding: Finding,
  file: string,
  text: string,
  all: readonly Finding[],
  terminal: Terminal,
): string[] {
  const { line, path, message, level } = finding;
  const isUnclear = all.some((other) => other.line === line && /^(unknown|not valid|not usable) /.test(other.message));
  const place = `${file}${line === undefined ? '' : `:${line}`}`;
  const what = level === 'problem' ? terminal.paint('bad', 'problem') : terminal.paint('warn', 'warning');
  const where = path.length === 0 ? '' : `${terminal.paint('strong', formatPath(path))}: `;
  return [
    `${place}: ${what}: ${where}${message}`,
    ...(path.length === 0 ? [] : excerpt(finding, text.split('\n'), isUnclear)).map((shown) => `  ${shown}`),
    ...(finding.help === undefined ? [] : [`  ${terminal.paint('dim', finding.help)}`]),
  ];
}

function summaryLine(file: string, { problems, warnings }: InspectedJobs, jobs: number, terminal: Terminal): string {
  const beside = warnings.length > 0 ? `, ${counted(warnings.length, 'warning')}` : '';
  if (problems.length > 0) return `${file}: ${terminal.paint('bad', counted(problems.length, 'problem'))}${beside}`;
  return `${file}: ${terminal.paint('good', `${counted(jobs, 'job')}, no problem`)}${beside}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
