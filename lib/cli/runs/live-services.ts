import { type Logger, makeLogger } from '../../kernel/logger.ts';
import { makeRedactor } from '../../kernel/redactor.ts';
import type { ReadDeps } from '../../runs/report/read-run.ts';
import type { Place } from '../place.ts';
import type { Terminal } from '../terminal.ts';

/**
 * The clients that read the progress of tasks from the cloud.
 *
 * @returns `undefined` without keys, or if nothing is running here: the progress of runs is then known from the ledger only
 */
export async function liveServices(place: Place, terminal: Terminal): Promise<Omit<ReadDeps, 'ledger'> | undefined> {
  const { HUAWEICLOUD_SDK_AK: key, HUAWEICLOUD_SDK_SK: secret, HUAWEICLOUD_PROJECT_ID: project } = place.settings;
  if (!key || !secret || !project) return undefined;
  return { services: await place.openServices(), log: errorLog(terminal) };
}

/** Drops warnings: they would repeat every few seconds, and the last known state is still shown. */
export function errorLog(terminal: Pick<Terminal, 'note'>): Logger {
  const write = (line: string) => terminal.note(line);
  return makeLogger({ level: 'error', redactor: makeRedactor(), fields: {}, write });
}
