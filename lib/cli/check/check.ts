import { relative } from 'node:path';
import { START_COMMAND } from '../../build/start-command.ts';
import { helpFor } from '../../jobs/help-for.ts';
import type { Job, Jobs } from '../../jobs/job.ts';
import { type InspectedJobs, inspectJobsFile } from '../../jobs/load-jobs.ts';
import { identityPolicy, minimalPolicies } from '../../jobs/minimal-policies.ts';
import { FUNCTION_NAMES, type FunctionName, neededActions } from '../../jobs/needed-actions.ts';
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

/** `check`: all problems of the jobs file, and with `--live`, of the resources that it needs. */
export const addCheck = command<{
  readonly strict?: boolean;
  readonly live?: boolean;
  readonly agency?: string;
  readonly policy?: boolean;
  readonly function?: string;
  readonly v5?: boolean;
}>('check', {
  summary: 'find all problems in the jobs file, with line numbers and what to do',
  about: [
    'Without --live, nothing is sent and no keys are needed. The file is checked as for deployment: keys that need a ledger are errors without',
    `one, unless --local is given (${START_COMMAND} provides a ledger) or MIGRATIONS_LEDGER_FOLDER is set.`,
    'With --live, the cloud is checked as well, with your keys and read-only calls: instances, servers, buckets, topics, and the',
    "permissions of the functions' agency. What your keys are not allowed to read is reported as unknown, not as missing.",
    'Exit code 0: no problems (warnings and unknowns do not count, unless --strict). 1: problems. 3: the file cannot be read, or the cloud',
    'does not respond.',
  ].join('\n'),
  examples: [
    'npx migrations check',
    'npx migrations check --strict --jobs staging.yml',
    "npx migrations check --json | jq '.problems[]'",
    'npx migrations check --live',
    'npx migrations check --live --agency migration-functions',
    'npx migrations check --policy',
    'npx migrations check --policy --function webhook',
    'npx migrations check --policy --v5',
  ],
  hasPlace: true,
  add: (command) => {
    command
      .option('--strict', 'count warnings and unknowns as problems')
      .option('--live', 'check the cloud as well')
      .option('--agency <name>', "with --live: the functions' agency (default: the one in serverless.yml)")
      .option('--policy', 'print the minimum permissions that the agency needs for this file')
      .option('--function <name>', `with --policy: only those of one function (${FUNCTION_NAMES.join(', ')})`)
      .option('--v5', 'with --policy: as an identity policy of the new IAM');
  },
  work: async ({ terminal, env, cwd, place }, options) => {
    const { agency, live: isLive, policy, function: only, v5: isIdentity = false } = options;
    if (agency !== undefined && !isLive) throw new UsageError('--agency requires --live');
    if (!policy && (only !== undefined || isIdentity)) throw new UsageError('--function and --v5 require --policy');
    const named = FUNCTION_NAMES.find((name) => name === only);
    if (only !== undefined && !named) {
      throw new UsageError(`unknown function ${JSON.stringify(only)}; must be one of ${FUNCTION_NAMES.join(', ')}`);
    }
    if (policy && isLive) throw new UsageError('--policy and --live cannot be combined');
    const here = await place();
    const isLedgerGiven = options.local === true || Boolean(env['MIGRATIONS_LEDGER_FOLDER']);
    const { text, found } = await inspectJobsFile(here.jobsFile, {
      prefix: here.settings.MIGRATIONS_PREFIX,
      ...(isLedgerGiven && { ledger: 'given' }),
    });
    const file = relative(cwd, here.jobsFile) || here.jobsFile;
    const { loaded } = found;
    if (policy && loaded) return printPolicies(loaded.jobs, { only: named, isIdentity }, terminal);
    const live = isLive && loaded ? await checkLive(here, loaded.jobs, agency, terminal.progress) : undefined;
    if (isLive && !loaded) terminal.note('the cloud was not checked, because the file has problems');
    return report({ file, here, text, found, live, isStrict: options.strict === true }, terminal);
  },
});

interface Checked {
  /** The file's name, for people. */
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
    ...withUnfilled(warnings, text).map((problem) => ({
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
  return live && !live.hasResponse ? EXIT.unable : EXIT.done;
}

/** Adds the FILL IN comments that `init` wrote; they replace the warnings about the same lines, because they say more. */
function withUnfilled(warnings: readonly Problem[], text: string): Problem[] {
  const left = text.split('\n').flatMap((content, i) => {
    const what = /#\s*FILL IN\b:?\s*(.*)/.exec(content)?.[1];
    if (what === undefined) return [];
    const message = `${UNFILLED}${what ? `: ${what.trim()}` : ''}; then remove the comment`;
    return [{ path: [], message, line: i + 1 }];
  });
  const isDuplicate = ({ message, line }: Problem) =>
    message.startsWith(UNFILLED) && left.some((other) => other.line === line);
  return [...warnings.filter((warning) => !isDuplicate(warning)), ...left];
}

/** By line; findings without a line come last. */
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
  const others = [
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
  ].map((part) => `, ${part}`);
  const main =
    problems > 0
      ? terminal.paint('bad', counted(problems, 'problem'))
      : terminal.paint('good', `${counted(jobs, 'job')}, no problems`);
  return `${file}: ${main}${others.join('')}`;
}

interface PolicyOptions {
  /** @default all, for one agency */
  readonly only: FunctionName | undefined;
  readonly isIdentity: boolean;
}

function printPolicies(jobs: Jobs, { only, isIdentity }: PolicyOptions, terminal: Terminal): ExitCode {
  const actions = neededActions(jobs).filter(({ functions }) => only === undefined || functions.includes(only));
  const policies = isIdentity ? { identity: identityPolicy(actions) } : minimalPolicies(actions);
  const titles: Readonly<Record<string, string>> = {
    project: "custom policy, scope Project-level services; grant it in the region's project",
    global: 'custom policy, scope Global services; grant it for global services',
    identity: 'custom identity policy; attach it to the trust agency',
  };
  terminal.result({ policies, actions }, () => [
    ...Object.entries(policies).flatMap(([scope, policy]) => [
      `# ${titles[scope]}`,
      JSON.stringify(policy, null, 2),
      '',
    ]),
    '# why',
    ...actions.map(({ action, reason, jobs: names }) => `# ${action}: to ${reason}${forJobs(names)}`),
  ]);
  return EXIT.done;
}

function forJobs(names: readonly string[]): string {
  return names.length === 0 ? '' : ` (${names.join(', ')})`;
}
