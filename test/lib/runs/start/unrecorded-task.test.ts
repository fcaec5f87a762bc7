import fc from 'fast-check';
import { findUnrecordedTask } from '../../../../lib/runs/start/unrecorded-task.ts';
import { fakeRun } from '../../../fakes/run-deps.ts';
import { loadYaml, SERVER_JOB_YAML } from '../../../fixtures/jobs.ts';

const RUN = '20261128aaaabbbbccccddddeeeeffff';
const CACHE = 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5';
const OTHER = '0a1b2c3d-bdba-43c1-8069-3ff17a1a79d5';
const SOURCE = '6d6b3f9e-2c41-4b8e-9a57-0f3c1d2e4b5a';
const FILES = '{ file_source: self_build_obs, bucket_name: b, files: [ { file_name: a.rdb } ] }';

const importJob = (name: string, fields: string, request = '{}') => `
  ${name}:
    on: { request: ${request} }
    backup_import: { backup_files: ${FILES}, ${fields} }`;
const moveJob = (name: string, taskName: string, request = '{}') => `
  ${name}:
    on: { request: ${request} }
    online_migration: { name: "${taskName}", vpc_id: 5e37b3be-950a-48e1-b498-65b63d336481, subnet_id: 40f15ed6-7f85-49d5-ba0e-65b940d4812c, security_group_id: 9df96622-24b7-4813-84b8-ab74552a21d7 }`;

/** Looks for the task of the job `own`, in a cloud with these tasks of DCS and one of SMS. */
async function find(
  jobsYaml: string,
  rows: readonly { readonly name: string; readonly target?: string }[],
  more: { readonly run?: string; readonly own?: string; readonly sms?: string } = {},
) {
  const { own = 'own', run = RUN, sms } = more;
  const { jobs } = await loadYaml(`
version: 1
region: ap-southeast-3
targets: { cache: { id: ${CACHE} }, other: { id: ${OTHER} } }
jobs:${jobsYaml}
`);
  const { cloud, deps } = fakeRun();
  for (const [i, { name, target }] of rows.entries()) {
    cloud.tasks.push({ id: `t-${i}`, operation: 'CreateMigrationTask', name, target, at: 0, body: {} });
    cloud.statuses.set(`t-${i}`, 'MIGRATING');
  }
  if (sms) {
    cloud.tasks.push({ id: 's-0', operation: 'CreateTask', name: sms, target: SOURCE, at: 0, body: {} });
    cloud.statuses.set('s-0', 'RUNNING');
  }
  const job = jobs.jobs.get(own);
  if (!job) throw new Error(`no job ${own}`);
  return findUnrecordedTask({ job, run, jobs }, deps);
}

describe('findUnrecordedTask', () => {
  it.each([
    [
      'the name that the file gives',
      importJob('own', 'task_name: nightly, target_instance: cache'),
      'nightly-20261128aaaa',
    ],
    ['the job’s name where the file gives none', importJob('own', 'target_instance: cache'), 'own-20261128aaaa'],
    ['an inline target', importJob('own', `target_instance: { id: ${CACHE} }`), 'own-20261128aaaa'],
    [
      'a placeholder that is always the same',
      importJob('own', 'task_name: "x-{{ job }}", target_instance: cache'),
      'x-own-20261128aaaa',
    ],
    [
      'an inline target without dashes',
      importJob('own', `target_instance: { id: ${CACHE.replaceAll('-', '').toUpperCase()} }`),
      'own-20261128aaaa',
    ],
    ['an online migration, which has no target', moveJob('own', 'session'), 'session-20261128aaaa'],
  ])('finds the task of exactly the job’s name and target: %s', async (_what, yaml, name) => {
    expect(await find(yaml, [{ name, target: CACHE }])).toMatchObject({ id: 't-0', name, status: 'MIGRATING' });
  });

  it.each([
    ['one that somebody made by hand', 'payroll-import-20261128aaaa', CACHE],
    ['one of another job', 'other-20261128aaaa', CACHE],
    ['one whose name only begins like it', 'own-20261128aaaa0', CACHE],
    ['one whose name only ends like it', 'x-own-20261128aaaa', CACHE],
    ['one in another case', 'OWN-20261128aaaa', CACHE],
    ['one of another run', 'own-20261128aaab', CACHE],
    ['one into another target', 'own-20261128aaaa', OTHER],
    ['one that names no target', 'own-20261128aaaa', undefined],
  ])('does not find %s', async (_what, name, target) => {
    const row = target === undefined ? { name } : { name, target };

    expect(await find(importJob('own', 'target_instance: cache'), [row])).toBe('none');
  });

  it('finds a server task by its source server, and none of another name', async () => {
    const own = 'move-web-01';

    expect(await find(SERVER_JOB_YAML, [], { own, sms: 'web_01_20261128' })).toMatchObject({
      id: 's-0',
      status: 'RUNNING',
    });
    expect(await find(SERVER_JOB_YAML, [], { own, sms: 'payroll_20261128' })).toBe('none');
    expect(await find(SERVER_JOB_YAML, [], { own })).toBe('none');
  });

  it.each([
    [
      'target',
      importJob('own', 'target_instance: cache, task_name: same') +
        importJob('two', 'target_instance: cache, task_name: same'),
    ],
    [
      'target, written without dashes',
      importJob('own', 'target_instance: cache, task_name: same') +
        importJob('two', `target_instance: { id: ${CACHE.replaceAll('-', '')} }, task_name: same`),
    ],
    ['lack of a target', moveJob('own', 'same') + moveJob('two', 'same')],
    [
      'service, an import beside an online migration',
      moveJob('own', 'same') + importJob('two', 'target_instance: cache, task_name: same'),
    ],
  ])('tells nothing of a task that another job names alike, with the same %s', async (_what, yaml) => {
    expect(await find(yaml, [{ name: 'same-20261128aaaa', target: CACHE }])).toBe('unclear');
  });

  it('is not confused by a job of the same name with another target', async () => {
    const yaml =
      importJob('own', 'target_instance: cache, task_name: same') +
      importJob('two', 'target_instance: other, task_name: same');
    const rows = [OTHER, CACHE].map((target) => ({ name: 'same-20261128aaaa', target }));

    expect(await find(yaml, rows)).toMatchObject({ id: 't-1' });
  });

  it.each([
    ['a name that requests fill in', importJob('own', 'target_instance: cache, task_name: "{{ request.body.n }}"')],
    ['a name with the time', importJob('own', 'target_instance: cache, task_name: "x-{{ time.date }}"')],
    ['a name that callers may set', importJob('own', 'target_instance: cache', '{ accepts: [task_name] }')],
    ['a name of an online migration that callers may set', moveJob('own', 'x', '{ accepts: [name] }')],
  ])('says that it can’t tell: %s', async (_what, yaml) => {
    const rows = [{ name: 'payroll-import-20261128aaaa', target: CACHE }];

    expect(await find(yaml, rows)).toBe('unclear');
  });

  it('takes the targets of the file where a caller names one of them', async () => {
    const yaml = importJob('own', 'target_instance: cache', '{ accepts: [target_instance] }');

    expect(await find(yaml, [{ name: 'own-20261128aaaa', target: OTHER }])).toMatchObject({ id: 't-0' });
    expect(await find(yaml, [{ name: 'own-20261128aaaa', target: SOURCE }])).toBe('none');
  });

  it('finds no task that does not begin with the job’s name, whatever the run', async () => {
    const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 });
    await fc.assert(
      fc.asyncProperty(hex, fc.stringMatching(/^[a-z]{1,20}$/), async (run, name) => {
        const rows = [{ name: `${name}-${run.slice(0, 12)}`, target: CACHE }];
        const found = await find(importJob('own', 'target_instance: cache'), rows, { run });
        expect(typeof found === 'object').toBe(name === 'own');
      }),
      { numRuns: 50 },
    );
  });
});
