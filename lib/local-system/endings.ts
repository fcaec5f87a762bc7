import type { LocalCloud } from '../../packages/local-cloud/src/cloud/local-cloud.ts';
import type { Job } from '../jobs/job.ts';
import type { SystemEvent } from './local-system.ts';
import type { ReportedRun } from './run-report.ts';

type Task = NonNullable<ReportedRun['task']>;

/** A task that the demonstration started, and what has to be seen of it until its end. */
export interface Ending {
  readonly job: string;
  readonly task: Task;
  /** The states that it has to go through, in this order; others may come between. */
  readonly states: readonly string[];
  /** Does its service have figures of how far it is, and does it go far enough to have some? */
  readonly hasProgress: boolean;
  /** Is a topic to be told? */
  readonly isTold: boolean;
}

/** What is to be seen of the task that a job started. */
export function endingOf(job: Job, task: Task): Ending {
  const states = statesOf(job);
  const isAtEnd = LAST_STATES.includes(states.at(-1) ?? '');
  const hasProgress = isAtEnd && job.kind !== 'backup_import';
  return {
    job: job.name,
    task,
    states,
    hasProgress,
    isTold: isAtEnd && job.policies.notify?.on.includes('succeeded') === true,
  };
}

/** Of a task that has succeeded, or was stopped because the job wished so. */
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

/** What has been seen of tasks: their states, their progress, and what people were told of them. */
export class Witness {
  readonly #states = new Map<string, string[]>();
  readonly #progress = new Map<string, number>();
  readonly #told: { readonly subject: string; readonly message: string }[] = [];

  see(event: SystemEvent): void {
    if (event.kind === 'progress') {
      const { job } = event.progress;
      this.#progress.set(job, (this.#progress.get(job) ?? 0) + 1);
    }
    if (event.kind !== 'cloud') return;
    const { kind, id, status, name, message } = event.event;
    if (kind === 'message_published') this.#told.push({ subject: name, message: message ?? '' });
    else {
      const before = this.#states.get(id) ?? [];
      if (before.at(-1) !== status) this.#states.set(id, [...before, status]);
    }
  }

  /** What is missing still, each in words for a person; empty when all was seen. */
  missing(ending: Ending): string[] {
    const { states, task, hasProgress, job, isTold } = ending;
    const missing: string[] = [];
    let at = 0;
    for (const status of this.#statesOf(task)) if (status === states[at]) at += 1;
    if (at < states.length) missing.push(`its task never was ${states.slice(at).join(', ')}`);
    if (hasProgress && !this.#progress.has(job)) missing.push('its progress was not told');
    if (isTold && this.#messagesOf(ending).length === 0) missing.push('no message said that it has succeeded');
    return missing;
  }

  /** One line for a person. */
  describe(ending: Ending): string {
    const { job, task, hasProgress, isTold } = ending;
    const looks = this.#progress.get(job) ?? 0;
    return [
      `${job}: ${task.name} was ${this.#statesOf(task).join(', ')}`,
      ...(hasProgress ? [`its progress was read ${times(looks)}`] : []),
      ...(isTold ? [`its success was reported ${times(this.#messagesOf(ending).length)}`] : []),
    ].join('; ');
  }

  #statesOf({ id }: Task): readonly string[] {
    return this.#states.get(id) ?? [];
  }

  #messagesOf({ job, task }: Ending): readonly { readonly subject: string }[] {
    return this.#told.filter(
      ({ subject, message }) =>
        subject.startsWith(`${job}: `) && /has succeeded/.test(subject) && message.includes(task.id),
    );
  }
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** The files that the create call of an import named; `undefined` when there was none. */
export function importedFiles({ requestsOf }: Pick<LocalCloud, 'requestsOf'>, taskName: string): string[] | undefined {
  const sent = requestsOf('CreateMigrationTask', 'DCS')
    .map(({ body }) => body as { task_name?: unknown; backup_files?: { files?: { file_name: string }[] } } | undefined)
    .findLast((body) => body?.task_name === taskName);
  return sent?.backup_files?.files?.map(({ file_name: name }) => name);
}
