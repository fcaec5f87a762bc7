import { relative } from 'node:path';
import { helpFor } from '../../jobs/help-for.ts';
import type { Job, Jobs } from '../../jobs/job.ts';
import { type InspectedJobs, inspectJobsFile } from '../../jobs/load-jobs.ts';
import { minimalPolicies } from '../../jobs/minimal-policies.ts';
import { neededActions } from '../../jobs/needed-actions.ts';
import { UNFILLED } from '../../jobs/unfilled.ts';
import { formatPath, type Problem } from '../../kernel/errors.ts';
import { command } from '../command-line.ts';
import { counted } from '../counted.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Place } from '../place.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { checkLive, NOT_CHECKED } from './live/check-live.ts';
import type { LiveFindings } from './live/live-findings.ts';
import { type Finding, type PlacedLiveFinding, showFindings, showLiveFindings } from './show-findings.ts';

/** `check`: everything that can be known about the jobs file, and with `--live` about what it needs. */
export const addCheck = command<{
  readonly strict?: boolean;
  readonly live?: boolean;
  readonly agency?: string;
  readonly policy?: boolean;
}>('check', {
  summary: 'find everything that is wrong with the jobs file, with its line and what to do',
  about: [
    'Without --live it sends nothing and needs no keys. The file is judged as it would be deployed: what needs a ledger is refused where there',
    'is none, unless --local is given (npm start brings one) or MIGRATIONS_LEDGER_FOLDER is set.',
    'With --live the cloud is asked as well, with your keys and by reading calls only: instances, servers, buckets, topics, and the rights of',
    "the functions' agency. What your keys may not ask is said to be unknown, not missing.",
    'Exit code 0: nothing is wrong (warnings and what is unknown do not count, unless --strict). 1: something is. 3: the file cannot be read,',
    'or the cloud does not answer.',
  ].join('\n'),
  examples: [
    'npx migrations check',
    'npx migrations check --strict --jobs staging.yml',
    "npx migrations check --json | jq '.problems[]'",
    'npx migrations check --live',
    'npx migrations check --live --agency migration-functions',
    'npx migrations check --policy',
  ],
  hasPlace: true,
  add: (command) => {
    command
      .option('--strict', 'warnings and what is unknown count as problems')
      .option('--live', 'ask the cloud as well')
      .option('--agency <name>', "with --live: the functions' agency (default: that of serverless.yml)")
      .option('--policy', 'print the least that the agency must be allowed for this file');
  },
  work: async ({ terminal, env, cwd, place }, options) => {
    const { agency, live: isLive, policy } = options;
    if (agency !== undefined && !isLive) throw new UsageError('--agency goes with --live');
    if (policy && isLive) throw new UsageError('--policy and --live: give one of them');
    const here = await place();
    const brings = options.local === true || Boolean(env['MIGRATIONS_LEDGER_FOLDER']);
    const { text, found } = await inspectJobsFile(here.jobsFile, brings ? { ledger: 'given' } : {});
    const file = relative(cwd, here.jobsFile) || here.jobsFile;
    const { loaded } = found;
    if (policy && loaded) return printPolicies(loaded.jobs, terminal);
    const live = isLive && loaded ? await checkLive(here, loaded.jobs, agency, terminal.progress) : undefined;
    if (isLive && !loaded) terminal.note('the cloud was not asked: the file has problems');
    return report({ file, here, text, found, live, isStrict: options.strict === true }, terminal);
  },
});

interface Checked {
  /** As people are told. */
  readonly file: string;
  readonly here: Place;
  readonly text: string;
  readonly found: InspectedJobs;
  readonly live: LiveFindings | undefined;
  readonly isStrict: boolean;
}

function report({ file, here, text, found, live, isStrict }: Checked, terminal: Terminal): ExitCode {
  const { loaded, problems, warnings, lineOf } = found;
  const findings = inOrder<Finding>([
    ...problems.map((problem) => ({ ...problem, level: 'problem' as const, help: helpFor(problem) })),
    ...withLeftToFillIn(warnings, text).map((problem) => ({
      ...problem,
      level: 'warning' as const,
      help: undefined,
    })),
  ]);
  const liveFindings = inOrder<PlacedLiveFinding>(
    (live?.all() ?? []).map((finding) => ({
      ...finding,
      line: finding.path.length === 0 ? undefined : lineOf(finding.path),
    })),
  );
  const jobs = [...(loaded?.jobs.jobs.values() ?? [])];
  const levels = [...findings, ...liveFindings].map(({ level }) => level);
  terminal.result(
    {
      file: here.jobsFile,
      problems: findings.map(withTextPath),
      jobs: jobs.map(describeJob),
      ...(live ? { live: { findings: liveFindings.map(withTextPath), not_checked: NOT_CHECKED } } : {}),
    },
    () => [
      ...showFindings(findings, file, text, terminal),
      ...showLiveFindings(liveFindings, file, terminal),
      ...(live ? NOT_CHECKED.map((what) => terminal.paint('dim', `not checked: ${what}`)) : []),
      summaryLine(file, levels, jobs.length, terminal),
    ],
  );
  if (levels.includes('problem') || (isStrict && levels.length > 0)) return EXIT.failed;
  return live && !live.isAnswered ? EXIT.unable : EXIT.done;
}

/** What `init` could not know, and nobody has written yet: by its comment, which says more than the value that stands there. */
function withLeftToFillIn(warnings: readonly Problem[], text: string): Problem[] {
  const left = text.split('\n').flatMap((content, i) => {
    const what = /#\s*FILL IN\b:?\s*(.*)/.exec(content)?.[1];
    if (what === undefined) return [];
    const message = `${UNFILLED}${what ? `: ${what.trim()}` : ''}; then take the comment out`;
    return [{ path: [], message, line: i + 1 }];
  });
  const isSaid = ({ message, line }: Problem) =>
    message.startsWith(UNFILLED) && left.some((other) => other.line === line);
  return [...warnings.filter((warning) => !isSaid(warning)), ...left];
}

/** What has no line comes last. */
function inOrder<Placed extends { readonly line?: number | undefined }>(findings: readonly Placed[]): Placed[] {
  const place = ({ line }: Placed) => line ?? Number.POSITIVE_INFINITY;
  return [...findings].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}

function withTextPath<Found extends { readonly path: Problem['path'] }>({ path, ...finding }: Found) {
  return { path: formatPath(path), ...finding };
}

function describeJob({ name, on, kind }: Job) {
  return { name, triggers: Object.keys(on), action: kind };
}

function summaryLine(
  file: string,
  levels: readonly PlacedLiveFinding['level'][],
  jobs: number,
  terminal: Terminal,
): string {
  const count = (wanted: PlacedLiveFinding['level']) => levels.filter((level) => level === wanted).length;
  const [problems, warnings, unknown] = [count('problem'), count('warning'), count('unknown')];
  const beside = [
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
  ].map((part) => `, ${part}`);
  const main =
    problems > 0
      ? terminal.paint('bad', counted(problems, 'problem'))
      : terminal.paint('good', `${counted(jobs, 'job')}, no problem`);
  return `${file}: ${main}${beside.join('')}`;
}

function printPolicies(jobs: Jobs, terminal: Terminal): ExitCode {
  const actions = neededActions(jobs);
  const policies = minimalPolicies(actions);
  const titles = {
    project: "custom policy, scope Project-level services, to be granted in the region's project",
    global: 'custom policy, scope Global services, to be granted for global services',
  };
  terminal.result({ policies, actions }, () => [
    ...(['project', 'global'] as const).flatMap((scope) =>
      policies[scope] ? [`# ${titles[scope]}`, JSON.stringify(policies[scope], null, 2), ''] : [],
    ),
    '# why',
    ...actions.map(({ action, reason, jobs: names }) => `# ${action}: to ${reason}${forJobs(names)}`),
  ]);
  return EXIT.done;
}

function forJobs(names: readonly string[]): string {
  return names.length === 0 ? '' : ` (${names.join(', ')})`;
}
