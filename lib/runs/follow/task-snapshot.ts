import type { Code } from '../../kernel/codes.ts';
import { CloudError } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { ActionKind, FollowServices, ListedTask, NamedTask } from '../../migrations/action.ts';
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
      const rows = await ACTIONS[kind].listTasks(services);
      for (const [name, tasks] of equallyNamed(rows)) {
        const message = 'ALARM: two tasks of one run exist: the first was not listed within settle_seconds';
        log.error(message, { code: 'late_task' satisfies Code, name, tasks });
      }
      return new Map(rows.map((row) => [row.id, { ...row, at }]));
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

/** The end of a name that we gave: the first digits of the run (of DCS, of SMS). */
const OUR_NAME = /(-[0-9a-f]{12}|_[0-9a-f]{8})$/;

/** The IDs of the tasks that share a name of ours, by name. */
function equallyNamed(rows: readonly NamedTask[]): [string, string[]][] {
  const byName = new Map<string, string[]>();
  for (const { id, name } of rows) {
    if (OUR_NAME.test(name)) byName.set(name, [...(byName.get(name) ?? []), id]);
  }
  return [...byName].filter(([, ids]) => ids.length > 1);
}
