import { rm } from 'node:fs/promises';
import path from 'node:path';
import { RUN, rehearse, TASK } from './rehearse.ts';

const LANE = 'dcs-d2c8399f-bdba-43c1-8069-3ff17a1a79d5';

rehearse('parked', (situation) => {
  const resolve = `npx migrations runs resolve restore-staging ${RUN}`;

  situation('the task that a person found is followed', 'parked.yml', async (reader) => {
    const run = await reader.until(await reader.newest('restore-staging'), 'parked', 900_000);
    const { stdout } = await reader.mentioned('runs show', `restore-staging ${run.run}`);
    reader.says('(`Task name` in `runs show`; it ends in the first digits of the run)');
    const [, name = ''] = /Task name +(\S+)/.exec(stdout) ?? [];
    expect(name).toBe(`restore-staging-${run.run.slice(0, 12)}`);
    const task = reader.night.system.cloud.tasks().find((listed) => listed.name === name);
    await reader.night.repair();

    await reader.run(`${resolve} task ${TASK}`, { [RUN]: run.run, [TASK]: task?.id ?? '' });

    await reader.until(run, 'succeeded');
  });

  situation('there is no task, and one is wanted', 'parked-no-task.yml', async (reader) => {
    const run = await reader.until(await reader.newest('restore-staging'), 'parked', 900_000);
    await reader.night.repair();

    await reader.run(`${resolve} try-again`, { [RUN]: run.run });

    reader.says('It checks once more before it does');
    await reader.until(run, 'succeeded');
    const { name } = (await reader.stateOf(run)).task ?? { name: '' };
    expect(reader.night.system.cloud.tasks().filter((task) => task.name === name)).toHaveLength(1);
  });

  situation('there is no task, and none is wanted', 'parked-unwanted.yml', async (reader) => {
    const run = await reader.until(await reader.newest('restore-staging'), 'parked', 900_000);
    await reader.night.repair();

    await reader.run(`${resolve} give-up --why "the cache is gone"`, { [RUN]: run.run });

    await reader.until(run, 'rejected');
  });

  situation('all runs that waited for one cause are resumed together', 'parked-failure.yml', async (reader) => {
    const runs = await reader.runs('--open');
    for (const run of runs) {
      const { reason } = await reader.until(run, 'parked', 900_000);
      expect(reason?.cause).toBe('DCS.2007');
    }
    await reader.night.repair();

    const planned = await reader.run('npx migrations runs resolve --code DCS.2007 try-again --dry-run');
    const resumed = await reader.run('npx migrations runs resolve --code DCS.2007 try-again');

    for (const { run } of runs) for (const { stdout } of [planned, resumed]) expect(stdout).toContain(run);
    for (const run of runs) await reader.until(run, 'succeeded');
  });
});

rehearse('A record cannot be read', (situation) => {
  situation('the record is copied and deleted, and the event is sent again', 'record-damaged.yml', async (reader) => {
    const { night } = reader;
    await night.later(60_000);
    reader.says('The log says `a record cannot be read` at each tick, `runs list` names the record and exits with 1');
    await night.logged('a record cannot be read');
    const { code, stderr } = await reader.mentioned('runs list');
    const [, run = ''] = /ledger runs\/restore-staging\/([0-9a-f]{32}): line \d+ is not a record/.exec(stderr) ?? [];
    expect([code, run]).toEqual([1, expect.stringMatching(/./)]);
    expect(night.messages()).toContainEqual(
      expect.stringContaining(`a record cannot be read: ledger runs/restore-staging/${run}`),
    );

    reader.says('`.local/ledger/names/runs/<job>/<run>~list`');
    await rm(path.join(night.folder, `.local/ledger/names/runs/restore-staging/${run}~list`));
    await night.hour();

    expect((await reader.mentioned('runs list')).code).toBe(0);
    reader.says('what a sweep had found starts automatically');
    expect(await reader.stateOf({ job: 'restore-staging', run })).toMatchObject({ state: 'succeeded' });
  });

  situation('the lane is repaired', 'lane-damaged.yml', async (reader) => {
    const { night } = reader;
    const runs = await reader.runs('--open');
    await night.later(60_000);
    const lanes = await reader.run('npx migrations runs lanes');
    expect(lanes).toMatchObject({ code: 1, stdout: expect.stringContaining('damaged') });
    const planned = await reader.run(`npx migrations runs lanes repair ${LANE} --dry-run`);
    const repaired = await reader.run(`npx migrations runs lanes repair ${LANE}`);
    expect([planned.code, repaired.code]).toEqual([0, 0]);
    reader.says('within two minutes of the repair');
    for (const run of runs) await reader.until(run, 'succeeded');
  });
});
