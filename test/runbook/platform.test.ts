import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { rehearse } from './rehearse.ts';

rehearse('reconcile has not run', (situation) => {
  situation('a tick is made by hand until its timer is repaired', 'reconcile-stopped.yml', async (reader) => {
    const { night } = reader;
    night.system.builtIn.wake();
    await night.pass(3_600_000);
    night.system.builtIn.rest();
    await night.upload('prod/later.rdb');
    reader.says('The other functions warn about this at every event');
    await night.logged('reconcile has not run for 60 minutes: waiting and unknown runs do not continue');

    await reader.run('npx migrations event timer --name reconcile -o tick.json');
    const { code, stdout } = await reader.run('npx migrations invoke reconcile tick.json --cloud');

    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ open: 3, parked: 0, left: 0 })]);
    await night.repair();
    for (const run of await reader.runs('--open')) await reader.until(run, 'succeeded');
  });
});

rehearse('An event came to the failure destination', (situation) => {
  situation('the event is delivered again once its cause is fixed', 'failure-destination.yml', async (reader) => {
    const { night } = reader;
    for (let attempt = 1; attempt < 4; attempt++) await night.pass(10_000);
    expect(night.printed).toContain('function backup-landed failed, and is not retried (4 attempts)');
    const message = await reader.mentioned('npx migrations messages --topic failed-events --text');
    await writeFile(path.join(night.folder, 'message.json'), message.stdout);
    expect(await reader.runs('--open')).toEqual([]);

    const planned = await reader.run('npx migrations refeed message.json --dry-run');
    const fed = await reader.run('npx migrations refeed message.json --cloud');

    expect(planned).toMatchObject({ code: 0, stdout: expect.stringContaining('1 event would be redelivered') });
    expect(fed.code).toBe(0);
    await reader.until(await reader.newest('restore-staging'), 'succeeded');
  });
});

rehearse('The log says that keys are refused', (situation) => {
  situation('runs wait, and go on once the agency is repaired', 'keys-refused.yml', async (reader) => {
    const { night } = reader;
    const run = await reader.newest('restore-staging');
    expect(run).toMatchObject({ state: 'waiting', reason: { code: 'APIGW.0301' } });
    await night.logged('401 APIGW.0301');

    reader.says(
      'The agency was deleted, or no longer trusts FunctionGraph. `npx migrations check --live` says what is missing.',
    );
    const { code, stdout } = await reader.mentioned('npx migrations check --live');
    expect([code, stdout]).toEqual([1, expect.stringMatching(/problem: agency migration-functions: it trusts \S+\n/)]);

    reader.says('After a 401 an instance makes no call with its keys for five minutes');
    await night.later(60_000);
    await night.later(60_000);
    expect((await reader.stateOf(run)).reason?.code).toBe('keys_refused');
    await night.repair();
    await night.later(60_000);
    expect((await reader.stateOf(run)).state).toBe('waiting');
    await reader.until(run, 'succeeded');
  });
});

rehearse('The log says that a permission is missing', (situation) => {
  situation('runs wait, and go on once the agency has the action', 'permission-missing.yml', async (reader) => {
    const { night } = reader;
    const run = await reader.newest('restore-staging');
    expect(run).toMatchObject({ state: 'waiting', reason: { code: 'DCS.2007' } });
    await night.logged('it needs dcs:migrationTask:create');

    const { code, stdout } = await reader.mentioned('npx migrations check --live');
    expect([code, stdout]).toEqual([1, expect.stringContaining('revoked denies dcs:migrationTask:create')]);

    await night.repair();
    await reader.until(run, 'succeeded');
  });
});
