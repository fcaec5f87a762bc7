import { describeLostResponse } from '../../../lib/local-system/lost-response.ts';
import type { RecordedRequest } from '../../../packages/local-cloud/src/cloud/recorder.ts';

const made = (operation: string, more: Partial<RecordedRequest> = {}): RecordedRequest => ({
  at: 0,
  id: `id-of-${operation}`,
  method: 'GET',
  url: '/',
  service: 'DCS',
  operation,
  headerNames: [],
  body: undefined,
  status: 200,
  fault: undefined,
  ...more,
});
const create = (more: Partial<RecordedRequest> = {}) =>
  made('CreateMigrationTask', { method: 'POST', body: { task_name: 'a-1' }, status: undefined, ...more });
const lost = create({ fault: 'reply_lost' });
const look = made('ListMigrationTask', { url: '/v2/p/migration-tasks?name=a-1' });
const tell = (requests: RecordedRequest[], tasks = [{ id: 't1', name: 'a-1' }], operation = 'CreateMigrationTask') =>
  describeLostResponse({ operation, task: { id: 't1', name: 'a-1' }, requests, tasks });

describe('describeLostResponse', () => {
  it('describes what was sent, that the response was lost, how the task was found, and that there is one', () => {
    expect(tell([made('ListInstances'), lost, made('ListInstances'), look])).toEqual({
      lines: [
        'sent        CreateMigrationTask, to create the task a-1 (request id-of-CreateMigrationTask)',
        'lost        the cloud created the task, but its response was lost: the function does not know whether the task exists, and does not send the call again',
        'looked up   ListMigrationTask (GET /v2/p/migration-tasks?name=a-1): a task of exactly this name exists',
        'adopted     t1 is the task of the run; 1 call of CreateMigrationTask, 1 task of this name',
      ],
    });
  });

  it('recognizes the lookup of SMS by its source server', () => {
    const body = { name: 'a-1', source_server: { id: 's1' } };
    const requests = [
      made('CreateTask', { service: 'SMS', method: 'POST', body, fault: 'reply_lost' }),
      made('ListTasks', { service: 'SMS', url: '/v3/tasks?source_server_id=s1' }),
    ];

    expect(tell(requests, undefined, 'CreateTask')).not.toHaveProperty('wrong');
  });

  it.each([
    ['the call went out again', [lost, look, create()], undefined, '2 calls of CreateMigrationTask created 1 task'],
    [
      'there are two tasks',
      [lost, look],
      [
        { id: 't1', name: 'a-1' },
        { id: 't2', name: 'a-1' },
      ],
      '1 call of CreateMigrationTask created 2 tasks',
    ],
    [
      'another task was adopted',
      [lost, look],
      [{ id: 't2', name: 'a-1' }],
      '1 call of CreateMigrationTask created 1 task',
    ],
    ['nobody looked', [lost], undefined, 'a-1 was not looked up after the response was lost'],
    ['it was looked up before only', [look, lost], undefined, 'a-1 was not looked up after the response was lost'],
    ['the response arrived', [create(), look], undefined, 'no response to CreateMigrationTask for a-1 was lost'],
  ])('reports what is wrong if %s', (_name, requests, tasks, wrong) => {
    expect(tell(requests, tasks)).toMatchObject({ wrong });
  });
});
