import type { LocalCloud } from '../../packages/local-cloud/src/cloud/local-cloud.ts';
import type { Job } from '../jobs/job.ts';
import type { SystemEvent } from './local-system.ts';
import type { ReportedRun } from './run-report.ts';

type Task = NonNullable<ReportedRun['task']>;

/** A task that the demonstration started, and what must be observed until it ends. */
export interface Ending {
  readonly job: string;
  readonly task: Task;
  /** The states that it must pass through, in this order; there may be others in between. */
  readonly states: readonly string[];
  /** Does its service report progress, and does the task get far enough to have any? */
  readonly hasProgress: boolean;
  /** Must a topic be notified? */
  readonly isNotified: boolean;
}

/** What must be observed of the task that a job started. */
export function endingOf(job: Job, task: Task): Ending {
  const states = statesOf(job);
  const isAtEnd = LAST_STATES.includes(states.at(-1) ?? '');
  const hasProgress = isAtEnd && job.kind !== 'backup_import';
  return {
    job: job.name,
    task,
    states,
    hasProgress,
    isNotified: isAtEnd && job.policies.notify?.on.includes('succeeded') === true,
  };
}

/** The final states of a task that succeeded, or was stopped as the job specifies. */
const LAST_STATES = ['SUCCESS', 'TERMINATED', 'MIGRATE_SUCCESS'];

function statesOf({ kind, fields, policies }: Job): string[] {
  switch (kind) {
    case 'online_migration': {
      const configure = fields['configure'] as { migration_method?: unknown } | undefined;
      if (!configure) return ['CREATING', 'RUNNING'];
      const full = ['CREATING', 'RUNNING', 'FULLMIGRATING'];
      if (configure.migration_method !== 'incremental_migration') return [...full, 'SUCCESS'];
      return [...full, 'INCRMIGEATING', ...(policies.stopWhen ? ['TERMINATED'] : [])];
    }
    case 'server_migration':
      return fields['start'] === true ? ['READY', 'RUNNING', 'MIGRATE_SUCCESS'] : ['READY'];
    default:
      return ['MIGRATING', 'SUCCESS'];
  }
}

/** Observes tasks: their states, their progress and the notifications about them. */
export class TaskObserver {
  readonly #states = new Map<string, string[]>();
  readonly #progress = new Map<string, number>();
  readonly #messages: { readonly subject: string; readonly message: string }[] = [];

  observe(event: SystemEvent): void {
    if (event.kind === 'progress') {
      const { job } = event.progress;
      this.#progress.set(job, (this.#progress.get(job) ?? 0) + 1);
    }
    if (event.kind !== 'cloud') return;
    const { kind, id, status, name, message } = event.event;
    if (kind === 'message_published') this.#messages.push({ subject: name, message: message ?? '' });
    else {
      const before = this.#states.get(id) ?? [];
      if (before.at(-1) !== status) this.#states.set(id, [...before, status]);
    }
  }

  /** What has not been observed yet, for people; empty if nothing is missing. */
  missing(ending: Ending): string[] {
    const { states, task, hasProgress, job, isNotified } = ending;
    const missing: string[] = [];
    let at = 0;
    for (const status of this.#statesOf(task)) if (status === states[at]) at += 1;
    if (at < states.length) missing.push(`its task never reached ${states.slice(at).join(', ')}`);
    if (hasProgress && !this.#progress.has(job)) missing.push('its progress was not reported');
    if (isNotified && this.#messagesOf(ending).length === 0) missing.push('no message reported that it succeeded');
    return missing;
  }

  /** One line for a person. */
  describe(ending: Ending): string {
    const { job, task, hasProgress, isNotified } = ending;
    const reads = this.#progress.get(job) ?? 0;
    return [
      `${job}: ${task.name} went through ${this.#statesOf(task).join(', ')}`,
      ...(hasProgress ? [`its progress was read ${times(reads)}`] : []),
      ...(isNotified ? [`its success was reported ${times(this.#messagesOf(ending).length)}`] : []),
    ].join('; ');
  }

  #statesOf({ id }: Task): readonly string[] {
    return this.#states.get(id) ?? [];
  }

  #messagesOf({ job, task }: Ending): readonly { readonly subject: string }[] {
    return this.#messages.filter(
      ({ subject, message }) =>
        subject.startsWith(`${job}: `) && /has succeeded/.test(subject) && message.includes(task.id),
    );
  }
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** The files that the create call of an import named; `undefined` if there was no such call. */
export function importedFiles({ requestsOf }: Pick<LocalCloud, 'requestsOf'>, taskName: string): string[] | undefined {
  const sent = requestsOf('CreateMigrationTask', 'DCS')
    .map(({ body }) => body as { task_name?: unknown; backup_files?: { files?: { file_name: string }[] } } | undefined)
    .findLast((body) => body?.task_name === taskName);
  return sent?.backup_files?.files?.map(({ file_name: name }) => name);
}
