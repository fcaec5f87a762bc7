import { adviceFor, adviceText } from '../../kernel/advice.ts';
import { RunError } from '../../kernel/errors.ts';
import { plainText } from '../../kernel/plain-text.ts';
import { type Origin, originText } from '../../runs/ledger/origin.ts';
import { readRunRecords } from '../../runs/ledger/run-log.ts';
import { nextSteps } from '../../runs/operate/next-steps.ts';
import { ticketOf } from '../../runs/operate/run-ticket.ts';
import { type TimelineStep, timelineOf } from '../../runs/operate/run-timeline.ts';
import { turnNow } from '../../runs/operate/turn-now.ts';
import { type RunView, viewRun } from '../../runs/report/run-view.ts';
import type { ViewSetDeps } from '../../runs/sets/view-set.ts';
import { columnsOf, padColumns } from '../columns.ts';
import { command } from '../command-line.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import { hanging } from '../wrap.ts';
import { findRun } from './find-run.ts';
import { noteUnknownJob } from './note-unknown-job.ts';
import { setDeps } from './open-sets.ts';
import { placeFlags } from './place-flags.ts';
import { readPauses } from './read-pauses.ts';
import { labelled, reasonText, timeText, toneOf } from './run-format.ts';
import { findSets, type RequestedSets, requestedSets, setDetails } from './show-sets.ts';

/** `runs show <job> <run>`, `runs show <job>`, `runs show <prefix of a set>`. */
export const addRunsShow = command('show <job> [run]', {
  summary: 'show a run, its history and the possible next steps; or a set of objects',
  about: [
    'The run may be shortened to its first digits, at least six. Shows what the ledger has; watch reads the cloud too.',
    'With --json: everything that the ledger has about the run, to attach to a ticket; docs/runbook.md, "A ticket", names its members.',
    'Instead of a run, the prefix of a set, with or without the job, shows the set: its files, and what it waits for. A job alone shows its',
    'open sets.',
  ].join('\n'),
  examples: [
    'npx migrations runs show restore-staging 0123456789ab',
    'npx migrations runs show restore-staging 012345 --json',
    'npx migrations runs show reports/2026-03-14/',
  ],
  hasPlace: true,
  work: async ({ terminal, place }, options, [job = '', given]) => {
    const here = await place();
    const ledger = await here.openLedger();
    const requested = requestedSets(job, given);
    if (requested?.job !== undefined) await noteUnknownJob(requested.job, here, terminal);
    if (requested) return showSets(requested, await setDeps(here, ledger, terminal), terminal);
    const run = await findRun(ledger, job, given ?? '');
    const records = await readRunRecords(ledger, job, run);
    const recorded = viewRun(records);
    const ticket = ticketOf(records);
    if (!recorded || !ticket)
      throw new RunError('no_such_run', `job ${job}, run ${run}: its first record is not written yet`);
    const turn = await turnNow(ledger, records);
    const view = turn ? { ...recorded, reason: turn } : recorded;
    const { source, planned } = ticket.received;
    const origin = records[0]?.origin;
    const warnings = records.findLast((record) => record.type === 'prepared')?.warnings ?? [];
    const history = timelineOf(records);
    const pauses = view.reason?.code === 'paused' ? await readPauses(ledger, job, terminal) : [];
    const next = nextSteps(view, placeFlags(options), pauses).map(({ command, what }) => ({ command, what }));
    const advice = view.reason && adviceFor(view.reason);
    terminal.result(
      {
        ...view,
        ...(advice ? { advice } : {}),
        source,
        ...(origin ? { origin } : {}),
        warnings,
        history,
        next,
        ...ticket,
      },
      () => [
        ...head(view, { source, origin, planned: planned?.name, warnings }, terminal),
        '',
        'What happened (UTC)',
        ...steps(history, terminal),
        '',
        'Next steps',
        ...next.flatMap(({ command, what }) => [`  ${what}:`, `    ${command}`]),
      ],
    );
    return EXIT.done;
  },
});

async function showSets(requested: RequestedSets, deps: ViewSetDeps, terminal: Terminal): Promise<ExitCode> {
  const sets = await findSets(requested, deps);
  if (sets.length === 0)
    terminal.note(`job ${requested.job} has no open set; its runs: npx migrations runs list ${requested.job}`);
  terminal.result({ sets }, () => sets.flatMap((view) => setDetails(view, terminal)));
  return EXIT.done;
}

/** States in which a run may have a task, or get one: a person may have to find it by its name. */
const MAY_HAVE_TASK = new Set<RunView['state']>(['received', 'waiting', 'unknown', 'parked']);
/** The maximum padding of a column. Longer texts push the next column to the right. */
const MAX_COLUMN_WIDTH = 90;

function head(
  view: RunView,
  facts: {
    readonly source: string;
    readonly origin: Origin | undefined;
    readonly planned: string | undefined;
    readonly warnings: readonly string[];
  },
  terminal: Terminal,
): string[] {
  const { job, run, state, task, reason, replay_of: of, replayed_as: as } = view;
  const { source, origin, planned, warnings } = facts;
  const advice = reason && adviceFor(reason);
  const lines = [
    ['State', state, toneOf(state)],
    ['Why', reason && reasonText(reason)],
    ['Advice', advice && adviceText(advice)],
    ['Started by', plainText(source)],
    ['Belongs to', origin ? plainText(originText(origin)) : undefined],
    ['Task', task && `${task.name} (${task.id})${task.status ? `, ${task.status}` : ''}`],
    ['Task name', !task && MAY_HAVE_TASK.has(state) ? planned : undefined],
    ...warnings.map((warning) => ['Warning', plainText(warning)] as const),
    ['Replay of', of],
    ['Replayed as', as?.join(', ')],
  ] as const;
  return [`${terminal.paint('strong', job)} ${run}`, ...labelled(lines, 11, terminal)];
}

/** A line for each record; what has no room in it comes below. */
function steps(history: readonly TimelineStep[], terminal: Terminal): string[] {
  const rows = history.map(({ at, event, by, about, until, reason }) => {
    const said = [
      about === undefined ? undefined : plainText(about),
      reasonText(reason) || undefined,
      until === undefined ? undefined : `until ${timeText(until)}`,
    ].filter((text) => text !== undefined);
    return { at: timeText(at), event, said: said.join('; '), by: `by ${plainText(by)}` };
  });
  const widest = (texts: readonly string[]) =>
    Math.max(0, ...texts.map((text) => Math.min(columnsOf(text), MAX_COLUMN_WIDTH)));
  const events = widest(rows.map(({ event }) => event));
  const lines = rows.map((row) => ({ ...row, start: `  ${row.at}  ${row.event.padEnd(events)}` }));
  const texts = widest(lines.filter((line) => fits(line, terminal)).map(({ said }) => said));
  return lines.flatMap(({ start, said, by }) => {
    const author = terminal.paint('dim', by);
    const line = `${start}  ${padColumns(said, texts)}  `;
    if (columnsOf(line) + columnsOf(by) <= terminal.width) return [`${line}${author}`];
    const below = said === '' ? [] : hanging(BELOW, said, terminal.width);
    return [start.trimEnd(), ...below, `${BELOW}${author}`];
  });
}

const BELOW = '      ';

function fits({ start, said, by }: { start: string; said: string; by: string }, { width }: Terminal): boolean {
  return columnsOf(start) + columnsOf(said) + columnsOf(by) + 4 <= width;
}
