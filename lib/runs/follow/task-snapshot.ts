import { CloudError } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { ActionKind, FollowServices, ListedTask } from '../../migrations/action.ts';
import { ACTIONS } from '../../migrations/actions.ts';

/** A row, and when it was read. */
export interface SeenTask extends ListedTask {
  /** When reading the list began, ms since 1970. */
  readonly at: number;
}

/** All tasks of both services in this tick: each list is read once, and only when needed. */
export interface TaskSnapshot {
  /** `absent`: not in the list. `unreadable`: the list can't be read, which proves nothing. */
  find(kind: ActionKind, id: string): Promise<SeenTask | 'absent' | 'unreadable'>;
}

/** Reads states from list pages, so that a tick costs the same few calls however many tasks are open. */
export function makeTaskSnapshot(services: FollowServices, log: Logger, now: () => number): TaskSnapshot {
  const lists = new Map<string, Promise<ReadonlyMap<string, SeenTask> | 'unreadable'>>();
  const read = async (kind: ActionKind): Promise<ReadonlyMap<string, SeenTask> | 'unreadable'> => {
    const at = now();
    try {
      return new Map((await ACTIONS[kind].listTasks(services)).map((row) => [row.id, { ...row, at }]));
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      log.warn('the task list could not be read; tasks are followed again in the next tick', { error });
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
