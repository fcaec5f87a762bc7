import { START_COMMAND } from '../../build/start-command.ts';
import { type CommandContext, command } from '../command-line.ts';
import { counted } from '../counted.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { readInput } from '../read-event.ts';
import type { Terminal } from '../terminal.ts';
import { chooseRoute } from './choose-route.ts';
import type { NamedRun } from './failed-runs.ts';
import { type FailureReport, readFailureReports } from './failure-reports.ts';
import type { InvokeResult, InvokeRoute, RouteOptions } from './route.ts';
import { showResult } from './show-result.ts';

/** The function that a timer starts again anyway. */
const SELF_REPEATING = 'reconcile';

interface Planned {
  readonly report: FailureReport;
  /** Why the event is not redelivered; absent if it is. */
  readonly left?: string;
  /** Runs that need a replay. */
  readonly toReplay: readonly NamedRun[];
}

/** `refeed <payload>`: redelivers the events that a failure destination received. */
export const addRefeed = command<RouteOptions>('refeed <payload>', {
  summary: 'redeliver events to the functions that failed on them',
  about: [
    [
      'The payload is what a failure destination received, in a file or, for -, on standard input: one JSON value, a list, or several in a row;',
      'as stored in OBS, as passed to another function, or as an SMN message. The function and its event are read from it, and the function is',
      'invoked as by npx migrations invoke: runs of the event that have succeeded create no second task.',
      'A run that a ledger has recorded as rejected stays rejected: for such runs, the command that replays them is printed.',
    ].join(' '),
    'Exit code 0: every event was redelivered and succeeded. 1: an event failed again, was skipped, or must be replayed. 3: the payload is not from a failure destination.',
  ].join('\n'),
  examples: [
    'npx migrations refeed payload.json --dry-run',
    'npx migrations refeed payload.json --cloud --yes',
    'cat failures/*.json | npx migrations refeed - --cloud --async --yes',
  ],
  add: (command) => {
    command
      .option('--local', `only against the local system of ${START_COMMAND}`)
      .option('--cloud', 'to the deployed functions that the payload names')
      .option('--stage <stage>', `with --cloud: the stage (local: the functions deployed to ${START_COMMAND})`)
      .option('--name <name>', 'with --cloud: deliver to the deployed function of this name instead')
      .option('--async', 'with --cloud: do not wait for the results')
      .option('--dry-run', 'show what would be redelivered, and send nothing')
      .option('--yes', 'do not ask');
  },
  work: async (context, options, [file = '']) => {
    const reports = readFailureReports(await readInput(file, context));
    const route = await chooseRoute(options, context);
    const planned = reports.flatMap((report) => ('problem' in report ? [] : [plan(report, route)]));
    const problems = reports.flatMap((report) => ('problem' in report ? [report.problem] : []));
    return refeed({ planned, problems }, route, options, context);
  },
});

/** With a ledger, redelivery helps only if the event has an unsettled run. */
function plan(report: FailureReport, { hasLedger }: InvokeRoute): Planned {
  const toReplay = hasLedger ? report.runs.filter(({ outcome }) => outcome === 'rejected') : [];
  if (report.functionName === SELF_REPEATING) return { report, toReplay, left: 'its next tick does the same work' };
  const isOpen = report.runs.length === 0 || report.runs.some(({ outcome }) => needsRedelivery(outcome, hasLedger));
  return isOpen ? { report, toReplay } : { report, toReplay, left: 'no run of it would make progress' };
}

function needsRedelivery(outcome: string, hasLedger: boolean): boolean {
  return outcome === 'waiting' || outcome === 'unknown' || (!hasLedger && outcome === 'rejected');
}

async function refeed(
  { planned, problems }: { readonly planned: readonly Planned[]; readonly problems: readonly string[] },
  route: InvokeRoute,
  { yes = false, dryRun = false, async: isAsync = false }: RouteOptions,
  { terminal }: CommandContext,
): Promise<ExitCode> {
  const toDeliver = planned.filter(({ left }) => left === undefined);
  for (const problem of problems) terminal.note(`${terminal.paint('warn', 'skipped')} ${problem}`);
  const count = counted(toDeliver.length, 'event');
  if (!dryRun && toDeliver.length > 0) {
    if (!terminal.json) for (const one of planned) for (const line of describe(one, terminal)) terminal.note(line);
    const question = `Redeliver ${count} to ${route.where}?${route.isReal ? ' It may create real tasks.' : ''}`;
    if (!(await terminal.confirm(question, { yes }))) {
      terminal.note('nothing was redelivered');
      return EXIT.usage;
    }
  }
  const calls = toDeliver.map(({ report }) => report);
  const delivered = dryRun || calls.length === 0 ? [] : await route.invoke(calls);
  const shown = new Map(toDeliver.map((one, i) => [one, delivered[i]] as const));
  const results = planned.map((one) => ({ one, result: shown.get(one) }));
  const isBad = results.some(({ result }) => result !== undefined && !showResult(result, terminal).isGood);
  terminal.result(
    {
      dry_run: dryRun,
      where: route.kind,
      events: results.map(({ one, result }) => toJson(one, result, terminal)),
      left: problems,
    },
    () =>
      dryRun || calls.length === 0
        ? [...planned.flatMap((one) => describe(one, terminal)), `${count} would be redelivered`]
        : resultLines(results, terminal),
  );
  if (isAsync && delivered.length > 0) terminal.note('To see their runs: npx migrations runs list');
  const isLeft = problems.length > 0 || planned.some(({ toReplay }) => toReplay.length > 0);
  return isBad || (isLeft && !dryRun) ? EXIT.failed : EXIT.done;
}

function toJson({ report, left, toReplay }: Planned, result: InvokeResult | undefined, terminal: Terminal): object {
  const { functionName, deployedName, requestId, time, why, runs } = report;
  return {
    function: functionName,
    deployed_name: deployedName,
    request_id: requestId,
    time,
    why,
    runs,
    is_fed: left === undefined,
    left,
    replay: toReplay.map(replayCommand),
    answer: result && showResult(result, terminal).json,
  };
}

function resultLines(
  results: readonly { readonly one: Planned; readonly result: InvokeResult | undefined }[],
  terminal: Terminal,
): string[] {
  return results.flatMap(({ one, result }) => {
    if (!result) return [];
    const { functionName, requestId } = one.report;
    return [terminal.paint('strong', `${functionName}, request ${requestId}`), ...showResult(result, terminal).lines];
  });
}

/** What failed and why, and what will be done about it. */
function describe({ report, left, toReplay }: Planned, { paint }: Terminal): string[] {
  const { functionName, deployedName, requestId, time, why, runs } = report;
  return [
    paint('strong', `${functionName} (${deployedName}), request ${requestId}, ${time}`),
    `  failed: ${why}`,
    ...runs.map(({ job = 'no job', run = '', outcome, reason }) =>
      `  ${outcome.padEnd(9)} ${job} ${run}${reason ? `  ${reason.code}: ${reason.message}` : ''}`.trimEnd(),
    ),
    ...toReplay.map((run) => `  stays rejected; once its cause is fixed: ${replayCommand(run)}`),
    left === undefined ? '  to be redelivered' : `  not redelivered: ${left}`,
  ];
}

function replayCommand({ job = '', run = '' }: NamedRun): string {
  return `npx migrations runs replay ${job} ${run}`.trimEnd();
}
