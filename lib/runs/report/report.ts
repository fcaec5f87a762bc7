import { plainText } from '../../kernel/plain-text.ts';
import { ACTIONS } from '../../migrations/actions.ts';
import type { NotifyEvent } from '../../migrations/task-policies.ts';
import { MAX_SUBJECT_BYTES } from '../../ports/smn.ts';
import type { ReceivedRecord, RunRecord } from '../ledger/run-record.ts';
import { foldRun } from '../ledger/run-state.ts';
import type { UnreadableRecord } from '../ledger/unreadable-records.ts';
import { durationText } from './duration-text.ts';
import type { RunReason, RunTask } from './run-result.ts';
import { adviceOnWait, dueWait, type Moment, waitHeadline } from './waiting-report.ts';

/** A notification for people. */
export interface Report {
  /** The same whenever the same event is reported again. */
  readonly id: string;
  readonly event: NotifyEvent;
  /** One line, at most 512 bytes of UTF-8 (SMN PublishMessage). */
  readonly subject: string;
  /** Plain text. */
  readonly message: string;
}

/** Maximum length of a reason; the log and the ledger have the full text. */
const MAX_REASON = 2_000;

/**
 * The reports of a run that are due and were not sent yet, in the order of the events: those that its job wants, each event once, and once more after
 * an operator resumed the run; last, that it still waits (see `dueWait`). Empty when there are none.
 *
 * A task that we stopped because the job's `stop_when` was met has succeeded; one that somebody else stopped, or that is gone, has failed. Superseded
 * and dry runs are not reported, nor is the end of a task that is not followed, nor anything about a forgotten run.
 */
export function dueReports(records: readonly RunRecord[], moment: Moment): Report[] {
  const received = records.find((record) => record.type === 'received');
  const notify = received?.policies.notify;
  if (!received || !notify || records.some(({ type }) => type === 'forgotten')) return [];
  const done = new Set<string>();
  for (const record of records)
    if (record.type === 'notified') done.add(nameOf(record.event, countOf(done, record.event)));
  return [...eventsOf(records).filter(({ name }) => !done.has(name)), ...waitOf(records, moment)]
    .filter(({ event }) => notify.on.includes(event))
    .map((found) => reportOf(received, found, taskBefore(records)));
}

function waitOf(records: readonly RunRecord[], moment: Moment): Found[] {
  const due = dueWait(records, foldRun(records), moment);
  if (!due) return [];
  const { number, ...wait } = due;
  return [{ event: 'waiting', name: nameOf('waiting', number - 1), ...wait }];
}

/** The event with its occurrence number: a run that was resumed may be parked again. */
function nameOf(event: NotifyEvent, before: number): string {
  return before === 0 ? event : `${event}-${before + 1}`;
}

function countOf(names: Iterable<string>, event: NotifyEvent): number {
  return [...names].filter((name) => name === event || name.startsWith(`${event}-`)).length;
}

interface Found {
  readonly event: NotifyEvent;
  /** Unique name of this event within the run. */
  readonly name: string;
  readonly at: number;
  readonly status?: string;
  readonly reason?: RunReason;
}

/** What has happened to a run that may be reported, in order. */
export function eventsOf(records: readonly RunRecord[]): Found[] {
  const found = new Map<string, Found>();
  let sinceResumed = new Set<NotifyEvent>();
  for (const record of records) {
    if (record.type === 'resumed') sinceResumed = new Set();
    const event = eventOf(record, records);
    if (!event || sinceResumed.has(event.event)) continue;
    sinceResumed.add(event.event);
    const name = nameOf(event.event, countOf(found.keys(), event.event));
    found.set(name, { ...event, name });
  }
  return [...found.values()];
}

function eventOf(record: RunRecord, records: readonly RunRecord[]): Omit<Found, 'name'> | undefined {
  const { at } = record;
  switch (record.type) {
    case 'created':
    case 'adopted':
      return { event: 'started', at };
    case 'rejected':
      return { event: 'failed', at, reason: record.reason };
    case 'parked':
      return { event: 'parked', at, reason: record.reason };
    case 'stuck':
      return { event: 'stuck', at, status: record.status, reason: record.reason };
    case 'settled': {
      const { status, reason } = record;
      const task = taskBefore(records)?.task;
      if (!task || !status) return undefined;
      const event = hasSucceeded(records, task, status) ? 'succeeded' : 'failed';
      return { event, at, status, ...(reason ? { reason } : {}) };
    }
    default:
      return undefined;
  }
}

function hasSucceeded(records: readonly RunRecord[], { kind }: RunTask, status: string): boolean {
  const state = ACTIONS[kind].stateOf(status);
  const byUs = records.some((record) => 'call' in record && record.call === 'stop');
  return state === 'succeeded' || (state === 'stopped' && byUs);
}

function taskBefore(records: readonly RunRecord[]): { readonly task: RunTask; readonly at: number } | undefined {
  const record = records.findLast(({ type }) => type === 'created' || type === 'adopted');
  const first = records.find(({ type }) => type === 'created' || type === 'adopted');
  return record && first && 'task' in record ? { task: record.task, at: first.at } : undefined;
}

const HEADLINES: Readonly<Record<Exclude<NotifyEvent, 'missed' | 'waiting'>, string>> = {
  started: 'has started',
  succeeded: 'has succeeded',
  failed: 'has failed',
  stuck: 'has not finished by its deadline',
  parked: 'waits for an operator',
};

function headlineOf({ event, reason }: Found): string {
  if (event === 'waiting') return waitHeadline(reason);
  return event === 'missed' ? '' : HEADLINES[event];
}

function reportOf(received: ReceivedRecord, found: Found, started: ReturnType<typeof taskBefore>): Report {
  const { job, run, source, planned } = received;
  const { event, name, reason } = found;
  const headline = headlineOf(found);
  const task = started?.task;
  const status = found.status ?? (event === 'started' ? task?.status : undefined);
  const id = `${run}-${name}`;
  const lines: [string, string | undefined][] = [
    ['Started by', source],
    ['Target', targetOf(received)],
    ['Task', task && `${task.name}, id ${task.id}${status ? `, ${status}` : ''}`],
    ['Time', timesOf(received, started?.at, found)],
    ['Why', reason && plainText(reason.message).slice(0, MAX_REASON)],
    ['Request id', reason?.request_id],
    ['What to do', adviceOn(found, received, task)],
    ['Run', run],
    ['Report', `${id}; it may be sent twice, then with the same id`],
  ];
  const what = planned ? ACTIONS[planned.kind].title : 'migration';
  return {
    id,
    event,
    subject: subjectOf(`${job}: ${what} ${headline}: ${source}`),
    message: messageOf(`The ${what} of job ${job} ${headline}.`, lines),
  };
}

function targetOf({ planned }: ReceivedRecord): string | undefined {
  if (!planned?.target) return undefined;
  return `${ACTIONS[planned.kind].targetLabel} ${planned.target}`;
}

function timesOf(received: ReceivedRecord, startedAt: number | undefined, { event, at }: Found): string {
  const parts = [`received ${new Date(received.at).toISOString()}`];
  if (startedAt !== undefined) parts.push(`task created after ${durationText(startedAt - received.at)}`);
  if (event !== 'started') parts.push(`${VERBS[event]} after ${durationText(at - received.at)}`);
  return parts.join(', ');
}

const VERBS: Readonly<Record<Exclude<NotifyEvent, 'started'>, string>> = {
  succeeded: 'over',
  failed: 'failed',
  stuck: 'still running',
  parked: 'parked',
  missed: 'missed',
  waiting: 'still waiting',
};

function adviceOn({ event, reason }: Found, received: ReceivedRecord, task: RunTask | undefined): string {
  const { job, run, planned } = received;
  switch (event) {
    case 'started':
      return 'nothing';
    case 'succeeded':
      return task ? ACTIONS[task.kind].adviceAfterSuccess : 'nothing';
    case 'stuck':
      return 'check the task in the console. It was not stopped';
    case 'waiting':
      return adviceOnWait(reason, received);
    case 'parked':
      return `look in the console for a task named ${planned?.name ?? '(none)'}. If it exists: npx migrations runs resolve ${job} ${run} task <its id>. If it definitely does not exist: npx migrations runs resolve ${job} ${run} try-again`;
    default:
      return `${task && !isTaskGone(reason) ? 'check the log of the task in the console' : 'fix the cause'}; then ${AGAIN[received.trigger]}; or: npx migrations runs replay ${job} ${run}`;
  }
}

/** A task that no longer exists has no log. */
function isTaskGone(reason: RunReason | undefined): boolean {
  return reason?.code === 'task_gone' || reason?.message.endsWith('; its task was released') === true;
}

/** This run is final; how to start another one. */
const AGAIN: Readonly<Record<ReceivedRecord['trigger'], string>> = {
  object: 'upload the object again: its new version starts a new run',
  tick: 'wait for the next tick, which starts a new run',
  request: 'send the request again with another Idempotency-Key',
};

/** Objects named in one message. */
const MAX_NAMED = 20;

/** Reports `total` objects that a sweep found without a run. Their runs are started. */
export function sweptReport(
  sweep: { readonly job: string; readonly bucket: string; readonly at: number },
  keys: readonly string[],
  total = keys.length,
): Report {
  const { job, bucket, at } = sweep;
  const time = new Date(at).toISOString();
  const id = `${job}-${time}-missed`;
  const count = total === 1 ? '1 object' : `${total} objects`;
  return {
    id,
    event: 'missed',
    subject: subjectOf(`${job}: ${count} of bucket ${bucket} had no run`),
    message: messageOf(`The sweep of job ${job} found ${count} without a run and started the missing runs.`, [
      ['Bucket', bucket],
      ['Objects', named(keys, { total })],
      ['Time', `sweep of ${time}`],
      [
        'Why',
        'their notifications did not arrive (delivery is not guaranteed, and some are late), or the function that got them failed',
      ],
      [
        'What to do',
        "nothing. If it happens often, check the bucket's notification, the function's trigger, and its log",
      ],
      ['Report', `${id}; it may be sent twice, then with the same id`],
    ]),
  };
}

/** @param total number of objects, of which `keys` are the first */
export function named(keys: readonly string[], { most = MAX_NAMED, total = keys.length } = {}): string {
  const shown = keys.slice(0, most);
  const text = shown.map(plainText).join(', ');
  return total > shown.length ? `${text} and ${total - shown.length} more` : text;
}

/** Reports a record that cannot be read. Its run, set or lane continues only after it is repaired. */
export function unreadableReport(record: UnreadableRecord): Report {
  const { job, run, since, why, object } = record;
  const id = `${run}-unreadable`;
  return {
    id,
    event: 'parked',
    subject: subjectOf(`${job}: a record cannot be read: ${why}`),
    message: messageOf(`A record of job ${job} cannot be read. Its run, set or lane waits for an operator.`, [
      ['Why', why.slice(0, MAX_REASON)],
      ['Object', object && `obs://${object.bucket}/${object.key}`],
      ['Time', `found ${new Date(since).toISOString()}`],
      ['What to do', adviceOnUnreadable(record)],
      ['Run', run],
      ['Report', `${id}; it may be sent twice, then with the same id`],
    ]),
  };
}

/** What to do about a record that cannot be read. */
export function adviceOnUnreadable({ lane }: Pick<UnreadableRecord, 'lane'> = {}): string {
  return lane === undefined
    ? 'look for its task in the console, then remove the list from the ledger: see "A record cannot be read" in docs/runbook.md'
    : `check in the console whether a task runs on the target, then: npx migrations runs lanes repair ${lane}`;
}

export function messageOf(first: string, lines: readonly (readonly [string, string | undefined])[]): string {
  const present = lines.flatMap(([name, text]) => (text === undefined ? [] : [`${name}: ${plainText(text)}`]));
  return `${first}\n\n${present.join('\n')}\n`;
}

/** Cuts the text to the maximum length of a subject, never within a character. */
export function subjectOf(text: string): string {
  let subject = '';
  let bytes = 0;
  for (const character of plainText(text)) {
    bytes += Buffer.byteLength(character);
    if (bytes > MAX_SUBJECT_BYTES) return subject;
    subject += character;
  }
  return subject;
}
