import { type Logger, makeLogger } from '../../kernel/logger.ts';
import { makeRedactor } from '../../kernel/redactor.ts';
import type { ReadDeps } from '../../runs/report/read-run.ts';
import type { Place } from '../place.ts';
import type { Terminal } from '../terminal.ts';

/**
 * What asks the cloud how far tasks are.
 *
 * @returns `undefined` where there are no keys to ask with, or nothing runs here: then the ledger alone says how far a run is
 */
export async function liveServices(place: Place, terminal: Terminal): Promise<Omit<ReadDeps, 'ledger'> | undefined> {
  const { HUAWEICLOUD_SDK_AK: key, HUAWEICLOUD_SDK_SK: secret, HUAWEICLOUD_PROJECT_ID: project } = place.settings;
  if (!key || !secret || !project) return undefined;
  return { services: await place.openServices(), log: errorLog(terminal) };
}

/** Warnings are of no use: the same would come every few seconds, and the last known state stands. */
export function errorLog(terminal: Terminal): Logger {
  const write = (line: string) => terminal.note(line);
  return makeLogger({ level: 'error', redactor: makeRedactor(), fields: {}, write });
}
