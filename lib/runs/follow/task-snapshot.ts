import { CloudError } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { ActionKind } from '../../migrations/action.ts';
import type { AllServices } from '../../ports/services.ts';

/** What lists and stops tasks. */
export type FollowServices = Pick<AllServices, 'dcsFollow' | 'smsFollow'>;

/** A task as the service lists it. */
interface TaskRow {
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
}

/** A row, and since when it may be out of date. */
export interface SeenTask extends TaskRow {
  /** When reading the list began, ms since 1970. */
  readonly at: number;
}

/** Every task of both services as they were at this tick: the lists are read once, and only if somebody asks. */
export interface TaskSnapshot {
  /** `absent`: the list does not have it. `unreadable`: the list can't be read, which proves nothing. */
  find(kind: ActionKind, id: string): Promise<SeenTask | 'absent' | 'unreadable'>;
}

/** State by list pages, so that a tick costs the same few calls however many tasks are open. */
export function makeTaskSnapshot(services: FollowServices, log: Logger, now: () => number): TaskSnapshot {
  const lists = new Map<'dcs' | 'sms', Promise<ReadonlyMap<string, SeenTask> | 'unreadable'>>();
  const read = async (service: 'dcs' | 'sms'): Promise<ReadonlyMap<string, SeenTask> | 'unreadable'> => {
    const at = now();
    try {
      return new Map((await listAll(services, service)).map((row) => [row.id, { ...row, at }]));
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      log.warn('the list of tasks could not be read; tasks are followed again at the next tick', { error });
      return 'unreadable';
    }
  };
  return {
    find: async (kind, id) => {
      const service = kind === 'server_migration' ? 'sms' : 'dcs';
      const list = lists.get(service) ?? read(service);
      lists.set(service, list);
      const rows = await list;
      return rows === 'unreadable' ? rows : (rows.get(id) ?? 'absent');
    },
  };
}

async function listAll(services: FollowServices, service: 'dcs' | 'sms'): Promise<TaskRow[]> {
  if (service === 'dcs') return (await services.dcsFollow()).listAllMigrationTasks();
  const rows = await (await services.smsFollow()).listAllTasks();
  return rows.map(({ id, state }) => ({ id, status: state }));
}
