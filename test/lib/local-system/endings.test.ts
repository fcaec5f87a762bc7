import type { Job } from '../../../lib/jobs/job.ts';
import { endingOf, importedFiles, TaskObserver } from '../../../lib/local-system/endings.ts';
import type { SystemEvent } from '../../../lib/local-system/local-system.ts';
import type { NotifyEvent } from '../../../lib/migrations/task-policies.ts';
import { DEFAULT_POLICIES, makeJob } from '../../fixtures/jobs.ts';

const TOPIC = 'urn:smn:ap-southeast-3:0605767a3300d5762fb7c0186d9e1779:people';
const task = { kind: 'online_migration', id: 't1', name: 'move-1' };
const jobOf = (kind: Job['kind'], fields: Job['fields'] = {}, policies: Partial<Job['policies']> = {}) =>
  makeJob({ name: 'move', kind, fields, policies: { ...DEFAULT_POLICIES.policies, ...policies } });
const configured = (method: string, policies?: Partial<Job['policies']>) =>
  jobOf('online_migration', { configure: { migration_method: method } }, policies);
const telling = (...on: NotifyEvent[]) => ({ notify: { smn: TOPIC, on } });

describe('endingOf', () => {
  it.each([
    ['an import', jobOf('backup_import'), ['MIGRATING', 'SUCCESS'], false],
    ['an online task that a person configures', jobOf('online_migration'), ['CREATING', 'RUNNING'], false],
    [
      'a full online migration',
      configured('full_amount_migration'),
      ['CREATING', 'RUNNING', 'FULLMIGRATING', 'SUCCESS'],
      true,
    ],
    [
      'an incremental one',
      configured('incremental_migration'),
      ['CREATING', 'RUNNING', 'FULLMIGRATING', 'INCRMIGEATING'],
      false,
    ],
    [
      'an incremental one that is to be stopped',
      configured('incremental_migration', { stopWhen: { offset: 0, forMs: 600_000 } }),
      ['CREATING', 'RUNNING', 'FULLMIGRATING', 'INCRMIGEATING', 'TERMINATED'],
      true,
    ],
    ['a server task that a person starts', jobOf('server_migration'), ['READY'], false],
    ['a server task', jobOf('server_migration', { start: true }), ['READY', 'RUNNING', 'MIGRATE_SUCCESS'], true],
  ])('%s', (_name, job, states, hasProgress) => {
    expect(endingOf(job, task)).toMatchObject({ job: 'move', states, hasProgress, isNotified: false });
  });

  it('requires a message only for a task that ends, in a job that reports successes', () => {
    expect(endingOf(jobOf('backup_import', {}, telling('succeeded')), task).isNotified).toBe(true);
    expect(endingOf(jobOf('backup_import', {}, telling('failed')), task).isNotified).toBe(false);
    expect(endingOf(jobOf('online_migration', {}, telling('succeeded')), task).isNotified).toBe(false);
  });
});

describe('TaskObserver', () => {
  const ending = endingOf(configured('full_amount_migration', telling('succeeded')), task);
  const was = (status: string): SystemEvent => ({
    kind: 'cloud',
    event: { kind: 'task_changed', service: 'DCS', id: 't1', name: 'move-1', status },
  });
  const told = (subject: string, message: string): SystemEvent => ({
    kind: 'cloud',
    event: { kind: 'message_published', service: 'SMN', id: 'm1', name: subject, status: 'PUBLISHED', message },
  });
  const progress: SystemEvent = { kind: 'progress', progress: { job: 'move', run: 'r1', status: 'x', text: '1 %' } };
  const success = told('move: online migration has succeeded: request 1', 'Task: move-1, id t1');

  it('misses nothing if states, progress and message were observed, whatever came in between', () => {
    const observer = new TaskObserver();
    for (const status of ['CREATING', 'RUNNING', 'FULLMIGRATING', 'FULLMIGRATING', 'PAUSING', 'SUCCESS'])
      observer.observe(was(status));
    observer.observe(progress);
    observer.observe(success);

    expect(observer.missing(ending)).toEqual([]);
    expect(observer.describe(ending)).toBe(
      'move: move-1 went through CREATING, RUNNING, FULLMIGRATING, PAUSING, SUCCESS; its progress was read once; its success was reported once',
    );
  });

  it('lists everything that is missing', () => {
    const observer = new TaskObserver();
    for (const status of ['CREATING', 'RUNNING', 'SUCCESS']) observer.observe(was(status));

    expect(observer.missing(ending)).toEqual([
      'its task never reached FULLMIGRATING, SUCCESS',
      'its progress was not reported',
      'no message reported that it succeeded',
    ]);
  });

  it.each([
    ['of another task', told('move: online migration has succeeded: request 1', 'Task: move-2, id t2')],
    ['of another job', told('moved: online migration has succeeded: request 1', 'Task: move-1, id t1')],
    ['of a failure', told('move: online migration has failed: request 1', 'Task: move-1, id t1')],
  ])('ignores a message %s', (_name, message) => {
    const observer = new TaskObserver();
    observer.observe(message);

    expect(observer.missing(ending)).toContain('no message reported that it succeeded');
  });
});

describe('importedFiles', () => {
  const body = { task_name: 'a-1', backup_files: { files: [{ file_name: 'one' }, { file_name: 'two' }] } };
  const requestsOf = () => [{ body } as never];

  it('names the files of the task with this name', () => {
    expect(importedFiles({ requestsOf }, 'a-1')).toEqual(['one', 'two']);
  });

  it('names none of another', () => {
    expect(importedFiles({ requestsOf }, 'a-2')).toBeUndefined();
  });
});
