import { randomUUID } from 'node:crypto';
import type { SMS_QUESTIONS } from '../../../packages/local-cloud/src/cloud/open-questions/sms-questions.ts';
import type { ProbeResponse } from '../../cloud/programs/probe-calls.ts';
import { codeOf, statusText } from './call-text.ts';
import { listOrder, type OffsetList, pageSize } from './list-probes.ts';
import { needs, type Probes, type ProbeWorld } from './probe-world.ts';
import { bodyOf, rowsOf } from './task-rows.ts';

const LIST = { operation: 'ListTasks', path: '/v3/tasks' } as const;
const MAX_ROWS = 200;

function page(
  { calls }: ProbeWorld,
  query: Readonly<Record<string, string | number>>,
  domainId?: string,
): Promise<ProbeResponse> {
  const account = domainId === undefined ? {} : { domainId };
  return calls.read('SMS', { ...LIST, query, ...account });
}

/** With the header of the account: whether that is needed is another question. */
const TASKS: OffsetList = {
  what: 'server migrations',
  rowsField: 'tasks',
  idField: 'id',
  timeField: 'create_date',
  maxRows: MAX_ROWS,
  page: async (world, offset, limit) => page(world, { offset, limit }, await world.domainId()),
};

export const SMS_PROBES: Probes<typeof SMS_QUESTIONS> = {
  'sms-list-order': (world) => listOrder(world, TASKS),

  'sms-page-size': (world) => pageSize(world, TASKS),

  'sms-source-filter': async (world) => {
    if (rowsOf(await TASKS.page(world, 0, 1), 'tasks').length === 0) return needs('a server migration: there are none');
    const query = { source_server_id: randomUUID(), offset: 0, limit: MAX_ROWS };
    const found = rowsOf(await page(world, query, await world.domainId()), 'tasks').length;
    const evidence = `the ID of a server that does not exist selects ${found}`;
    return { behavior: found === 0 ? 'exact' : 'ignored', evidence };
  },

  'sms-account-header': async (world) => {
    const domainId = await world.domainId();
    const withHeader = await page(world, { offset: 0, limit: 1 }, domainId);
    bodyOf(withHeader);
    const query = { offset: 0, limit: 1 };
    const without = await world.calls.read('SMS', { ...LIST, query, mayBeRefused: true });
    const evidence = `a list with the header: ${statusText(withHeader)}, without: ${statusText(without)}`;
    if (without.status === 200) return { behavior: 'optional', evidence };
    return without.status === 401 ? { behavior: 'required', evidence } : { other: evidence };
  },

  'sms-temporary-keys': async (world) => {
    if (!world.hasTemporaryKeys) return needs('temporary keys (HUAWEICLOUD_SDK_SECURITY_TOKEN), as functions have');
    const response = await TASKS.page(world, 0, 1);
    const evidence = `a list with temporary keys: ${statusText(response)}`;
    if (response.status === 200) return { behavior: 'accepted', evidence };
    return codeOf(response.body) === 'SMS.9004' ? { behavior: 'refused', evidence } : { other: evidence };
  },
};
