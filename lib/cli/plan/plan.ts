import { makePlanningCloud } from '../../cloud/programs/planning-cloud.ts';
import { parseAnyEvent } from '../../events/any-event.ts';
import type { Jobs } from '../../jobs/job.ts';
import { plainText } from '../../kernel/plain-text.ts';
import { Secret } from '../../kernel/secret.ts';
import type { CloudParts } from '../../platform/invocation.ts';
import { openRunLog } from '../../runs/ledger/run-log.ts';
import { viewRun } from '../../runs/report/run-view.ts';
import { type CommandContext, type CommonOptions, command } from '../command-line.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { knownSecrets } from '../explain/known-secrets.ts';
import { matchEvent } from '../explain/match-event.ts';
import { problemLines, problemsJson, type Subject } from '../explain/verdict.ts';
import type { Place } from '../place.ts';
import { readEventFile } from '../read-event.ts';
import type { Terminal } from '../terminal.ts';
import { listSets } from './list-sets.ts';
import { type PlanDeps, planVerdict, type RunPlan } from './plan-run.ts';
import { makeStandIns, type StandIns } from './stand-ins.ts';

interface PlanOptions extends CommonOptions {
  readonly live?: boolean;
}

/** `plan <event>`. */
export const addPlan = command<PlanOptions>('plan <event>', {
  summary: 'show the exact requests that an event would cause, without sending them',
  about:
    'The requests are built by the real clients and shown in order, as text: method, URL, headers (except those that sign them) and body, with *** for each secret and <name> for values that only the cloud knows. Without --live, nothing is sent. With --live, requests that change nothing are sent and shown (existing tasks, preflight, the newest backup, the source server, the files of a set), and the ledger is read: a run that it already has is not planned. Not shown: what the function writes to the ledger, and whether a run would have to wait. Exit code 0: no run would be rejected. 1: a run would be rejected. 3: not an event, or the cloud does not respond.',
  examples: [
    'npx migrations event timer | npx migrations plan -',
    'npx migrations plan event.json --live',
    'npx migrations plan event.json --json',
  ],
  hasPlace: true,
  add: (command) => command.option('--live', 'send the requests that change nothing, such as listing tasks'),
  work: async (context, options, [file = '-']) => planEvent(file, options, context),
});

async function planEvent(file: string, { live = false }: PlanOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal, env } = context;
  const place = await context.place();
  const { jobs } = await place.loadJobs();
  const event = parseAnyEvent(await readEventFile(file, context), place.settings.OBJECT_KEYS);
  const secrets = knownSecrets(jobs, env, place.kind === 'local');
  const standIns = makeStandIns();
  const parts = live ? await place.cloudParts() : partsOffline(place, jobs, standIns);
  const cloud = makePlanningCloud(parts, { reads: live });
  const matched = matchEvent(event, { jobs, settings: place.settings, secrets });
  const subjects = live ? await listSets(matched, jobs, cloud) : matched;
  const recorded = live ? await ledgerOf(place, jobs) : async () => undefined;
  const runs: RunPlan[] = [];
  for (const { verdicts } of subjects) {
    for (const verdict of verdicts) {
      terminal.progress(`planning ${verdict.starts ? verdict.job.name : verdict.job}`);
      const plan = await planVerdict(verdict, { cloud, standIns, live, recorded });
      if (plan)
        runs.push(plan.run !== undefined && runs.some(({ run }) => run === plan.run) ? asDuplicate(plan) : plan);
    }
  }
  const faults = subjects.flatMap(({ what, fault }) => (fault ? [{ what, ...fault }] : []));
  terminal.result(
    secrets.redactor.value({ runs: runs.map(planJson), faults: faults.map(({ refused: _, ...fault }) => fault) }),
    () => linesOf(runs, subjects, terminal).map((line) => secrets.redactor.text(line)),
  );
  if (runs.some(({ reason, outcome }) => outcome === 'waiting' && reason?.code !== 'set_incomplete'))
    return EXIT.unable;
  const isRefused = runs.some(({ outcome }) => outcome === 'rejected') || faults.some(({ refused }) => refused);
  return isRefused ? EXIT.failed : EXIT.done;
}

async function ledgerOf({ settings, openLedger }: Place, jobs: Jobs): Promise<PlanDeps['recorded']> {
  if (!jobs.ledger && !settings.MIGRATIONS_LEDGER_FOLDER) return async () => undefined;
  const ledger = await openLedger();
  return async (job, run) => viewRun((await openRunLog(ledger, job, run)).records);
}

/** For an occurrence that is in the event more than once. */
function asDuplicate(plan: RunPlan): RunPlan {
  const notes = ['duplicate within the event: this is the run above, and nothing more is sent'];
  return { ...plan, outcome: 'existing', requests: [], reads: [], notes };
}

/** Just enough to build requests; none of them is sent. */
function partsOffline({ settings }: Place, jobs: Jobs, standIns: StandIns): CloudParts {
  return {
    settings,
    jobs,
    region: settings.HUAWEICLOUD_REGION ?? jobs.region,
    credentials: () => ({ accessKey: 'plan', secretKey: new Secret('plan') }),
    projectId: () => settings.HUAWEICLOUD_PROJECT_ID ?? standIns.standIn('project id'),
    remainingMs: () => Number.MAX_SAFE_INTEGER,
  };
}

function planJson({ job, run, taskName, outcome, reason, problems, requests, reads, notes }: RunPlan): unknown {
  const listed = problems.length > 0 ? { problems: problemsJson(problems) } : {};
  const why = reason && { code: reason.code, message: reason.message, ...listed };
  return { job, run, task_name: taskName, outcome, reason: why, requests, reads, notes };
}

const HEADINGS = { planned: 'good', existing: 'warn', waiting: 'warn', rejected: 'bad' } as const;

function linesOf(runs: readonly RunPlan[], subjects: readonly Subject[], terminal: Terminal): string[] {
  const { paint } = terminal;
  const faults = subjects.flatMap(({ what, fault }) =>
    fault ? [`${plainText(what)}: ${paint(fault.refused ? 'bad' : 'warn', plainText(fault.message))}`] : [],
  );
  if (subjects.length === 0) return ['The event has no records, so nothing would be sent.'];
  if (runs.length === 0 && faults.length === 0) {
    return ['The event starts no job, so nothing would be sent. To see why, for each job: npx migrations explain.'];
  }
  return [...faults, ...runs.flatMap((plan, i) => [...(i > 0 ? [''] : []), ...runLines(plan, terminal)])];
}

function runLines(plan: RunPlan, { paint }: Terminal): string[] {
  const { job, outcome, run, taskName, requests, reads, notes, reason, problems } = plan;
  const names = [run && `run ${run}`, taskName && `task ${taskName}`].filter(Boolean).join(', ');
  return [
    `${paint('strong', plainText(job))}: ${paint(HEADINGS[outcome], outcome)}${names ? ` (${names})` : ''}`,
    ...(reason ? [`  ${plainText(reason.message)}`] : []),
    ...problemLines(problems).map((line) => `  ${plainText(line)}`),
    ...notes.map((note) => `  note: ${plainText(note)}`),
    ...reads.map(({ method, url }) => `  read: ${paint('dim', plainText(`${method} ${url}`))}`),
    ...requests.flatMap(({ method, url, headers, body }) => [
      '',
      `${paint('strong', method)} ${plainText(url)}`,
      ...Object.entries(headers).map(([name, value]) => plainText(`${name}: ${value}`)),
      ...(body === undefined ? [] : ['', body]),
    ]),
  ];
}
