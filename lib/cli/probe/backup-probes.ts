import type { DCS_QUESTIONS } from '../../../packages/local-cloud/src/cloud/open-questions/dcs-questions.ts';
import type { ProbeResponse } from '../../cloud/programs/probe-calls.ts';
import { responseText } from './call-text.ts';
import { listOrder, type OffsetList, pageSize } from './list-probes.ts';
import { needs, type Probes, type ProbeWorld, Unanswered } from './probe-world.ts';
import { rowsOf } from './task-rows.ts';

const MAX_ROWS = 1000;
const MAX_INSTANCES = 10;

function page({ calls }: ProbeWorld, instance: string, offset: number, limit: number): Promise<ProbeResponse> {
  const path = '/v2/{project_id}/instances/{instance_id}/backups';
  const params = { instance_id: instance };
  return calls.read('DCS', { operation: 'ListBackupRecords', path, params, query: { offset, limit } });
}

/** The backups of the first instance of the jobs file that has as many. */
async function backups(world: ProbeWorld, count: number): Promise<OffsetList> {
  let most = 0;
  let refused: ProbeResponse | undefined;
  for (const instance of instancesOf(world)) {
    const response = await page(world, instance, 0, MAX_ROWS);
    // 204 means none. A refusal may be about this instance.
    if (response.status >= 300) refused = response;
    if (response.status !== 200) continue;
    const first = rowsOf(response, FIELD);
    const more = first.length === 0 ? [] : rowsOf(await page(world, instance, first.length, MAX_ROWS), FIELD);
    most = Math.max(most, first.length + more.length);
    if (most >= count) return listOf(instance);
  }
  if (refused) throw new Unanswered(responseText(refused));
  return needs(`an instance of the jobs file with ${count} backups or more: none has more than ${most}`);
}

const FIELD = 'backup_record_response';

function listOf(instance: string): OffsetList {
  return {
    what: 'backups',
    rowsField: FIELD,
    idField: 'backup_id',
    timeField: 'created_at',
    maxRows: MAX_ROWS,
    page: (world, offset, limit) => page(world, instance, offset, limit),
  };
}

function instancesOf({ instanceIds }: ProbeWorld): readonly string[] {
  if (instanceIds.length === 0) throw new Unanswered('needs an instance under targets in the jobs file');
  return instanceIds.slice(0, MAX_INSTANCES);
}

export const BACKUP_PROBES: Probes<typeof DCS_QUESTIONS> = {
  'backup-list-order': async (world) => {
    const answer = await listOrder(world, await backups(world, 2));
    if (answer.behavior !== 'changing') return answer;
    return { other: `${answer.evidence}: in different orders` };
  },

  'backup-page-size': async (world) => pageSize(world, await backups(world, 4)),

  'backup-list-empty': async (world) => {
    let refused: ProbeResponse | undefined;
    for (const instance of instancesOf(world)) {
      const response = await page(world, instance, 0, MAX_ROWS);
      if (response.status >= 300) refused = response;
      if (response.status === 204) return { behavior: 'no-content', evidence: 'an instance without backups: 204' };
      if (response.status === 200 && rowsOf(response, FIELD).length === 0)
        return { behavior: 'empty-list', evidence: 'an instance without backups: 200 with an empty list' };
    }
    if (refused) throw new Unanswered(responseText(refused));
    return needs('an instance of the jobs file without backups');
  },
};
