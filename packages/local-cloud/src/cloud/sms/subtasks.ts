import type { Clock } from '../clock.ts';
import type { CreateTaskBody } from './create-task-body.ts';
import { isCloning, isCopied, type SmsTask } from './task.ts';

/** From RUNNING to the end of the copy. */
export const COPY_MS = 60_000;

interface Subtask {
  readonly name: string;
  /** Fraction of COPY_MS. */
  readonly share: number;
}

/** The subtasks of a run (names: Go SDK 2026-03, API pages of 2026-01). The first creates the target. */
function subtasksOf(sent: CreateTaskBody): readonly Subtask[] {
  const kind =
    sent.os_type === 'WINDOWS' ? 'WINDOWS_BLOCK' : sent.type === 'MIGRATE_FILE' ? 'LINUX_FILE' : 'LINUX_BLOCK';
  const isNew = sent.exist_server !== true;
  const isSyncing = sent.syncing === true;
  return [
    ...(isNew ? [{ name: 'CREATE_CLOUD_SERVER', share: 0.1 }] : []),
    { name: 'SSL_CONFIG', share: 0.05 },
    { name: 'ATTACH_AGENT_IMAGE', share: 0.05 },
    { name: kind === 'WINDOWS_BLOCK' ? 'FORMAT_DISK_WINDOWS' : `FORMAT_DISK_${kind}`, share: 0.05 },
    { name: `MIGRATE_${kind}`, share: (isNew ? 0.6 : 0.7) + (isSyncing ? 0.15 : 0) },
    ...(isSyncing
      ? []
      : [
          { name: configure(kind), share: 0.1 },
          { name: 'DETTACH_AGENT_IMAGE', share: 0.05 },
        ]),
  ];
}

/** Documented time from RUNNING until this share of the copy is done, in ms, at the usual pace. */
export function copyMs(sent: CreateTaskBody, part: number): number {
  let before = 0;
  for (const { name, share } of subtasksOf(sent)) {
    if (name.startsWith('MIGRATE_')) return (before + share * part) * COPY_MS;
    before += share;
  }
  return before * COPY_MS;
}

/** Documented time from RUNNING until the first subtask is half done, in ms. */
export function firstMiddleMs(sent: CreateTaskBody): number {
  return ((subtasksOf(sent)[0]?.share ?? 0) / 2) * COPY_MS;
}

/** Documented run time of the task until now or until it ended, in ms, at the usual pace. */
function runMs(task: SmsTask, clock: Clock): number {
  if (task.runAt === undefined) return 0;
  return Math.min(clock.documentedMs(task.runAt, task.runEndedAt) / slownessOf(task), task.stuckAtMs ?? COPY_MS);
}

function slownessOf({ slowness = 1 }: SmsTask): number {
  return slowness;
}

/** `sub_tasks` of ShowTask: the subtasks that have started. Empty before the task runs. */
export function subTaskRows(task: SmsTask, clock: Clock): Record<string, unknown>[] {
  const { runAt } = task;
  if (runAt === undefined) return [];
  const slowness = slownessOf(task);
  const passed = isCopied(task) ? COPY_MS : runMs(task, clock);
  const rows: Record<string, unknown>[] = [];
  let begin = 0;
  for (const { name, share } of subtasksOf(task.sent)) {
    const length = share * COPY_MS;
    if (passed < begin) break;
    const progress = Math.min(100, Math.floor((100 * (passed - begin)) / length + 1e-6));
    rows.push({
      ...subTaskRow(rows.length + 1, name, clock.instantAfter(runAt, begin * slowness)),
      progress,
      end_date: progress < 100 ? null : Math.round(clock.instantAfter(runAt, (begin + length) * slowness)),
      migrate_speed: isCopy(name) && progress < 100 && task.status === 'RUNNING' ? COPY_MBPS : 0,
    });
    if (progress < 100) break;
    begin += length;
  }
  if (task.status === 'SYNCING') {
    const name = String(rows.at(-1)?.['name']).replace('MIGRATE_', 'SYNC_');
    rows.push(subTaskRow(rows.length + 1, name, clock.instantAfter(runAt, COPY_MS * slowness)));
  }
  // A finished clone is reported by `clone_server`.
  if (isCloning(task)) rows.push(subTaskRow(rows.length + 1, 'CLONE_VM', task.clone?.startedAt ?? runAt));
  return rows;
}

/** A subtask that has just started. */
function subTaskRow(id: number, name: string, startedAt: number): Record<string, unknown> {
  return {
    id,
    name,
    progress: 0,
    start_date: Math.round(startedAt),
    end_date: null,
    migrate_speed: 0,
    user_op: '',
    process_trace: '',
  };
}

/** `subtask_info`: the current subtask and its progress. The real format is not documented. */
export function subTaskInfo(task: SmsTask, clock: Clock): string {
  const last = subTaskRows(task, clock).at(-1);
  return last === undefined ? '' : `${last['name']} ${last['progress']}`;
}

/** The share of the data that has been copied, from 0 to 1. */
export function copiedShare(task: SmsTask, clock: Clock): number {
  if (isCopied(task)) return 1;
  const copy = subTaskRows(task, clock).find(({ name }) => isCopy(String(name)));
  return Number(copy?.['progress'] ?? 0) / 100;
}

/** Mbit/s while it is copying, otherwise 0. */
export function migrateSpeed(task: SmsTask, clock: Clock): number {
  return Number(subTaskRows(task, clock).at(-1)?.['migrate_speed'] ?? 0);
}

/** Seconds until the copy is done; 0 while it is not running. */
export function remainSeconds(task: SmsTask, clock: Clock): number {
  return task.status === 'RUNNING' ? Math.ceil(((COPY_MS - runMs(task, clock)) * slownessOf(task)) / 1000) : 0;
}

const COPY_MBPS = 100;

function isCopy(name: string): boolean {
  return name.startsWith('MIGRATE_');
}

function configure(kind: string): string {
  return kind === 'WINDOWS_BLOCK' ? 'CONFIGURE_WINDOWS' : `CONFIGURE_${kind}`;
}
