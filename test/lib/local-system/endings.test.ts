import { endingOf, importedFiles, Witness } from '../../../lib/local-system/endings.ts';
import { glance } from '../../../lib/local-system/jobs-glance.ts';
import type { SystemEvent } from '../../../lib/local-system/local-system.ts';

const TOPIC = 'urn:smn:ap-southeast-3:0605767a3300d5762fb7c0186d9e1779:people';
const task = { kind: 'online_migration', id: 't1', name: 'move-1' };
const jobOf = (job: Record<string, unknown>) => {
  const [found] = glance({ jobs: { move: { on: { request: {} }, ...job } } }).jobs;
  if (!found) throw new Error('there is no job');
  return found;
};
const configure = (method: string) => ({ online_migration: { configure: { migration_method: method } } });

describe('endingOf', () => {
  it.each([
    ['an import', { backup_import: {} }, ['MIGRATING', 'SUCCESS'], false],
    ['an online task that a person configures', { online_migration: {} }, ['CREATING', 'RUNNING'], false],
    [
      'a full online migration',
      configure('full_amount_migration'),
      ['CREATING', 'RUNNING', 'FULLMIGRATING', 'SUCCESS'],
      true,
    ],
    [
      'an incremental one',
      configure('incremental_migration'),
      ['CREATING', 'RUNNING', 'FULLMIGRATING', 'INCRMIGEATING'],
      false,
    ],
    [
      'an incremental one that is to be stopped',
      { ...configure('incremental_migration'), stop_when: { offset: 0, for: '10m' } },
      ['CREATING', 'RUNNING', 'FULLMIGRATING', 'INCRMIGEATING', 'TERMINATED'],
      true,
    ],
    ['a server task that a person starts', { server_migration: {} }, ['READY'], false],
    ['a server task', { server_migration: { start: true } }, ['READY', 'RUNNING', 'MIGRATE_SUCCESS'], true],
  ])('%s', (_name, job, states, hasProgress) => {
    expect(endingOf(jobOf(job), task)).toMatchObject({ job: 'move', states, hasProgress, isTold: false });
  });

  it('wants a message only of a task that comes to its end, in a job that tells of successes', () => {
    const notify = { smn: TOPIC };

    expect(endingOf(jobOf({ backup_import: {}, notify }), task).isTold).toBe(true);
    expect(endingOf(jobOf({ backup_import: {}, notify: { ...notify, on: ['failed'] } }), task).isTold).toBe(false);
    expect(endingOf(jobOf({ online_migration: {}, notify }), task).isTold).toBe(false);
  });
});

describe('Witness', () => {
  const ending = endingOf(jobOf({ ...configure('full_amount_migration'), notify: { smn: TOPIC } }), task);
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

  it('misses nothing when states, progress and message were seen, whatever came between', () => {
    const witness = new Witness();
    for (const status of ['CREATING', 'RUNNING', 'FULLMIGRATING', 'FULLMIGRATING', 'PAUSING', 'SUCCESS'])
      witness.see(was(status));
    witness.see(progress);
    witness.see(success);

    expect(witness.missing(ending)).toEqual([]);
    expect(witness.describe(ending)).toBe(
      'move: move-1 was CREATING, RUNNING, FULLMIGRATING, PAUSING, SUCCESS; its progress was read once; its success was reported once',
    );
  });

  it('says all that is missing', () => {
    const witness = new Witness();
    for (const status of ['CREATING', 'RUNNING', 'SUCCESS']) witness.see(was(status));

    expect(witness.missing(ending)).toEqual([
      'its task never was FULLMIGRATING, SUCCESS',
      'its progress was not told',
      'no message said that it has succeeded',
    ]);
  });

  it.each([
    ['of another task', told('move: online migration has succeeded: request 1', 'Task: move-2, id t2')],
    ['of another job', told('moved: online migration has succeeded: request 1', 'Task: move-1, id t1')],
    ['of a failure', told('move: online migration has failed: request 1', 'Task: move-1, id t1')],
  ])('takes no message %s', (_name, message) => {
    const witness = new Witness();
    witness.see(message);

    expect(witness.missing(ending)).toContain('no message said that it has succeeded');
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
