import { plainText } from '../../kernel/plain-text.ts';
import { ACTIONS } from '../../migrations/actions.ts';
import type { NotifyEvent } from '../../migrations/task-policies.ts';
import { MAX_SUBJECT_BYTES } from '../../ports/smn.ts';
import type { ReceivedRecord, RunRecord } from '../ledger/run-record.ts';
import { foldRun, IN_ONLINE_MIGRATION } from '../ledger/run-state.ts';
import type { UnreadableRecord } from '../ledger/unreadable-records.ts';
import { durationText } from './duration-text.ts';
import type { RunReason, RunTask } from './run-result.ts';

/** Something that a person is told. */
export interface Report {
  /** The same whenever the same thing is reported again. */
  readonly id: string;
  readonly event: NotifyEvent;
  /** One line, at most 512 bytes of UTF-8 (SMN PublishMessage). */
  readonly subject: string;
  /** Plain text. */
  readonly message: string;
}

/** Of a reason: the log and the ledger have it whole. */
const MAX_REASON = 2_000;

/**
 * What is to be reported of a run and was not yet, in the order in which it happened: what its job asks for, each event once, or
 * once more after a person resumed the run. Empty when there is nothing.
 *
 * A task that we stopped, because the job's `stop_when` was reached, has succeeded; one that somebody else stopped, or that is gone, has
 * failed. A run that was superseded or went dry is not reported, nor is the end of a task that nobody follows, nor anything of a run that
 * was forgotten.
 */
export function dueReports(records: readonly RunRecord[]): Report[] {
  const received = records.find((record) => record.type === 'received');
  const notify = received?.policies.notify;
  if (!received || !notify || records.some(({ type }) => type === 'forgotten')) return [];
  const done = new Set<string>();
  for (const record of records)
    if (record.type === 'notified') done.add(nameOf(record.event, countOf(done, record.event)));
  return eventsOf(records)
    .filter(({ event, name }) => notify.on.includes(event) && !done.has(name))
    .map((found) => reportOf(received, found, taskBefore(records)));
}

/** An event, and how often the same came before: a run that was resumed may be parked again. */
function nameOf(event: NotifyEvent, before: number): string {
  return before === 0 ? event : `${event}-${before + 1}`;
}

function countOf(names: Iterable<string>, event: NotifyEvent): number {
  return [...names].filter((name) => name === event || name.startsWith(`${event}-`)).length;
}

interface Found {
  readonly event: NotifyEvent;
  /** Of this event within the run. */
  readonly name: string;
  readonly at: number;
  readonly status?: string;
  readonly reason?: RunReason;
}

function eventsOf(records: readonly RunRecord[]): Found[] {
  const found = new Map<string, Found>();
  let sinceResumed = new Set<NotifyEvent>();
  // Nobody is told of a wait that was over, or that a newer run took on, before the report went out.
  const { end, reason: current } = foldRun(records);
  const isStillWaiting = end === undefined && current?.code === IN_ONLINE_MIGRATION;
  const note = (event: NotifyEvent, at: number, more: Pick<Found, 'status' | 'reason'> = {}): void => {
    if (sinceResumed.has(event)) return;
    sinceResumed.add(event);
    const name = nameOf(event, countOf(found.keys(), event));
    found.set(name, { event, name, at, ...more });
  };
  for (const record of records) {
    switch (record.type) {
      case 'waiting':
        if (isStillWaiting && record.reason.code === IN_ONLINE_MIGRATION) {
          note('waiting', record.at, { reason: record.reason });
        }
        break;
      case 'created':
      case 'adopted':
        note('started', record.at);
        break;
      case 'rejected':
        note('failed', record.at, { reason: record.reason });
        break;
      case 'resumed':
        sinceResumed = new Set();
        break;
      case 'parked':
        note('parked', record.at, { reason: record.reason });
        break;
      case 'stuck':
        note('stuck', record.at, { status: record.status, reason: record.reason });
        break;
      case 'settled': {
        const { status, reason, at } = record;
        const more = { ...(status ? { status } : {}), ...(reason ? { reason } : {}) };
        const task = taskBefore(records)?.task;
        if (task && status) note(hasSucceeded(records, task, status) ? 'succeeded' : 'failed', at, more);
      }
    }
  }
  return [...found.values()];
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

const HEADLINES: Readonly<Record<Exclude<NotifyEvent, 'missed'>, string>> = {
  started: 'has started',
  succeeded: 'has succeeded',
  failed: 'has failed',
  stuck: 'is not over after its deadline',
  parked: 'waits for a person',
  waiting: 'waits for the end of an online migration',
};

function reportOf(received: ReceivedRecord, found: Found, started: ReturnType<typeof taskBefore>): Report {
  const { job, run, source, planned } = received;
  const { event, name, reason } = found;
  const headline = event === 'missed' ? '' : HEADLINES[event];
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
    ['Report', `${id}; it may come twice, then with the same id`],
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
      return 'look at the task in the console. It was not stopped';
    case 'waiting':
      return `nothing, if that migration is to go on: this run begins when its task is stopped. To end it, stop its task in the console, or cancel its run. To give this one up: npx migrations runs forget ${job} ${run} --why "..."`;
    case 'parked':
      return `look in the console for a task named ${planned?.name ?? '(none)'}. If it is there: npx migrations runs resolve ${job} ${run} task <its id>. If there is surely none: npx migrations runs resolve ${job} ${run} try-again`;
    default:
      return `${task && !isAway(reason) ? 'look at the log of the task in the console' : 'mend the cause'}; then ${AGAIN[received.trigger]}; or: npx migrations runs replay ${job} ${run}`;
  }
}

/** A task that is not there any more has no log to look at. */
function isAway(reason: RunReason | undefined): boolean {
  return reason?.code === 'task_gone' || reason?.message.endsWith('; its task was released') === true;
}

/** This run is over for good; how another one is made. */
const AGAIN: Readonly<Record<ReceivedRecord['trigger'], string>> = {
  object: 'upload the object again: its new version starts a new run',
  tick: 'wait for the next tick, which starts a new run',
  request: 'send the request again with another Idempotency-Key',
};

/** Of objects that are named in one message. */
const MAX_NAMED = 20;

/** Objects that no notification had announced when a sweep found them, `total` of them. Their runs are started. */
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
    subject: subjectOf(`${job}: ${count} of bucket ${bucket} had not been announced`),
    message: messageOf(`The sweep of job ${job} found ${count} without a run, and started what was missing.`, [
      ['Bucket', bucket],
      ['Objects', named(keys, { total })],
      ['Time', `sweep of ${time}`],
      ['Why', 'no notification had come for them; notifications are not promised, and some are late'],
      ['What to do', "nothing. If it happens often, look at the bucket's notification and at the function's trigger"],
      ['Report', `${id}; it may come twice, then with the same id`],
    ]),
  };
}

/** @param total of which `keys` are the first */
export function named(keys: readonly string[], { most = MAX_NAMED, total = keys.length } = {}): string {
  const shown = keys.slice(0, most);
  const text = shown.map(plainText).join(', ');
  return total > shown.length ? `${text} and ${total - shown.length} more` : text;
}

/** A record that cannot be read: what it is about goes on only when somebody has put it right. */
export function unreadableReport(record: UnreadableRecord): Report {
  const { job, run, since, why, object } = record;
  const id = `${run}-unreadable`;
  return {
    id,
    event: 'parked',
    subject: subjectOf(`${job}: a record cannot be read: ${why}`),
    message: messageOf(`A record of job ${job} cannot be read. What it is about waits for a person.`, [
      ['Why', why.slice(0, MAX_REASON)],
      ['Object', object && `obs://${object.bucket}/${object.key}`],
      ['Time', `found ${new Date(since).toISOString()}`],
      ['What to do', adviceOnUnreadable(record)],
      ['Run', run],
      ['Report', `${id}; it may come twice, then with the same id`],
    ]),
  };
}

/** What to do about a record that cannot be read. */
export function adviceOnUnreadable({ lane }: Pick<UnreadableRecord, 'lane'> = {}): string {
  return lane === undefined
    ? 'look for its task in the console, then take the list out of the ledger: see "A record cannot be read" in docs/runbook.md'
    : `look in the console whether a task runs on the target, then: npx migrations runs lanes repair ${lane}`;
}

export function messageOf(first: string, lines: readonly (readonly [string, string | undefined])[]): string {
  const told = lines.flatMap(([name, text]) => (text === undefined ? [] : [`${name}: ${plainText(text)}`]));
  return `${first}\n\n${told.join('\n')}\n`;
}

/** As much of it as a subject takes, never half a character. */
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
