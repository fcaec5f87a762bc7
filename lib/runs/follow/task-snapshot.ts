import { CloudError } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { ActionKind, FollowServices, ListedTask } from '../../migrations/action.ts';
import { ACTIONS } from '../../migrations/actions.ts';

/** A row, and since when it may be out of date. */
export interface SeenTask extends ListedTask {
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
  const lists = new Map<string, Promise<ReadonlyMap<string, SeenTask> | 'unreadable'>>();
  const read = async (kind: ActionKind): Promise<ReadonlyMap<string, SeenTask> | 'unreadable'> => {
    const at = now();
    try {
      return new Map((await ACTIONS[kind].listTasks(services)).map((row) => [row.id, { ...row, at }]));
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      log.warn('the list of tasks could not be read; tasks are followed again at the next tick', { error });
      return 'unreadable';
    }
  };
  return {
    find: async (kind, id) => {
      const { service } = ACTIONS[kind];
      const list = lists.get(service) ?? read(kind);
      lists.set(service, list);
      const rows = await list;
      return rows === 'unreadable' ? rows : (rows.get(id) ?? 'absent');
    },
  };
}
