import { RUN, rehearse } from './rehearse.ts';

rehearse('The task is stuck', (situation) => {
  const watch = `npx migrations runs watch restore-staging ${RUN}`;
  const cancel = `npx migrations runs cancel restore-staging ${RUN}`;

  situation('an import that does not move is cancelled', 'stuck-import.yml', async (reader) => {
    const { night } = reader;
    const run = await reader.newest('restore-staging');
    await night.later(60_000);
    await night.later(2 * 3_600_000);
    expect(night.messages()).toContainEqual(expect.stringMatching(/stuck|not over/));

    const watched = reader.run(watch, { [RUN]: run.run });
    const cancelled = await reader.run(cancel, { [RUN]: run.run });
    await reader.until(run, 'failed');
    expect((await watched).code).toBe(1);

    expect(cancelled.code).toBe(0);
    expect((await reader.stateOf(run)).reason?.code).toBe('cancelled');
  });

  situation('an import that is only slow ends by itself', 'slow-import.yml', async (reader) => {
    const { night } = reader;
    const run = await reader.newest('restore-staging');
    await night.later(60_000);
    await night.later(2 * 3_600_000);
    const watched = reader.run(watch, { [RUN]: run.run });
    await reader.until(run, 'succeeded', 900_000);
    expect((await watched).code).toBe(0);
  });
});

rehearse('rejected, or the task failed', (situation) => {
  situation('a run that was refused is repeated on purpose', 'rejected.yml', async (reader) => {
    const { night } = reader;
    const run = await reader.newest('restore-staging');
    expect(run).toMatchObject({ state: 'rejected', reason: { code: 'DCS.4004' } });
    await night.logged('"outcome":"rejected"');
    expect((await reader.mentioned('npx migrations check --live')).stdout).toContain('no problems');
    const key = { 'prod/dump.rdb': 'prod/rejected.rdb' };
    await reader.run('npx migrations event obs-put --bucket redis-backups --key prod/dump.rdb -o event.json', key);
    const plan = await reader.run('npx migrations plan event.json');
    expect(plan).toMatchObject({ code: 0, stdout: expect.stringContaining('restore-staging: planned') });
    const planned = await reader.run('npx migrations runs replay --rejected --since 2h --dry-run');
    expect(planned.stdout).toContain(run.run);
    const { code } = await reader.run(`npx migrations runs replay restore-staging ${RUN}`, { [RUN]: run.run });
    expect(code).toBe(0);
    const again = await reader.newest('restore-staging');
    await reader.until(again, 'succeeded');
    expect((await reader.stateOf(run)).replayed_as).toEqual([again.run]);
  });

  situation('a task that failed is repeated on purpose', 'failed.yml', async (reader) => {
    const run = await reader.until(await reader.newest('restore-staging'), 'failed');
    expect((await reader.run(`npx migrations runs replay restore-staging ${RUN}`, { [RUN]: run.run })).code).toBe(0);
    await reader.until(await reader.newest('restore-staging'), 'succeeded');
  });
});

rehearse('Too much at once', (situation) => {
  situation(
    'nothing is created until it is resumed, and then as much as the limit allows',
    'storm.yml',
    async (reader) => {
      const { night } = reader;
      const created = () => night.system.cloud.tasks().length - before;
      const before = night.system.cloud.tasks().length;
      await reader.run('npx migrations pause');
      await reader.run('npx migrations pause restore-staging --why "the cache is being resized"');
      const { stdout, stderr } = await reader.mentioned('runs list');
      reader.says('what is paused, since when, by whom and why, and the command that lifts each pause');
      expect(`${stdout}${stderr}`).toMatch(/restore-staging .*since .* by .*the cache is being resized/);
      await night.later(120_000);
      await night.later(120_000);
      expect(created()).toBe(0);
      await reader.run('npx migrations resume');
      await night.later(60_000);
      expect(created()).toBe(0);
      await reader.advised('npx migrations resume restore-staging', `${stdout}${stderr}`);
      await reader.untilOneIs('over_budget');
      expect(created()).toBe(4);
      await night.logged('ALARM: limit reached');
      for (const run of await reader.runs('--open')) await reader.until(run, 'succeeded', 300_000);
    },
  );
});

rehearse('This one must run now', (situation) => {
  situation('a run over the limit is let through, once', 'urgent.yml', async (reader) => {
    const run = await reader.untilOneIs('over_budget');
    const shown = await reader.run(`npx migrations runs show restore-staging ${RUN}`, { [RUN]: run.run });
    expect(shown.stdout).toContain('over_budget');
    await reader.run('npx migrations runs lanes');
    const { code } = await reader.run(
      `npx migrations runs run-now restore-staging ${RUN} --why "the demo needs this backup"`,
      { [RUN]: run.run },
    );
    expect(code).toBe(0);
    await reader.run('npx migrations event timer --name reconcile -o tick.json');
    const ticked = await reader.run('npx migrations invoke reconcile tick.json --cloud');
    expect(ticked).toMatchObject({ code: 0, stdout: expect.stringContaining(run.run) });
    await reader.until(run, 'succeeded');
  });
});

rehearse('A ticket', (situation) => {
  situation('the whole record is printed, without secrets', 'ticket.yml', async (reader) => {
    const run = await reader.until(await reader.newest('restore-staging'), 'failed');
    const { code, stdout } = await reader.run(`npx migrations runs show restore-staging ${RUN} --json`, {
      [RUN]: run.run,
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ format: 1, run: run.run, state: 'failed' });
    expect(stdout).not.toContain('local-STAGING_CACHE_PASSWORD');
  });
});

rehearse('Two environments on one ledger', (situation) => {
  situation(
    'a command of another stage is refused until it names the right one',
    'other-environment.yml',
    async (reader) => {
      const { night } = reader;
      const run = await reader.newest('restore-staging');
      const theirs = `MIGRATIONS_LEDGER_FOLDER=${night.folder}/.local/ledger npx migrations`;
      const cancel = `runs cancel restore-staging ${run.run} --yes`;

      const refused = await reader.types(`${theirs} ${cancel}`);
      const { stdout: listed } = await reader.types(`${theirs} runs list`);

      reader.says('The message names both environments');
      expect(refused).toMatchObject({
        code: 3,
        stderr: expect.stringMatching(/stage local, and this is .* stage dev/),
      });
      reader.says('`runs list` marks every run that is not yours');
      expect(listed).toMatch(new RegExp(`${run.run} .*\\[of region .* stage local\\]`));
      reader.says('MIGRATIONS_STAGE=prod npx migrations runs park ...');
      const { stdout: own } = await reader.types(`MIGRATIONS_STAGE=local ${theirs} runs list`);
      expect(own).not.toContain('[of region');
      reader.says('What `npm start` runs, and what is deployed to it, has the stage `local`');
      expect((await reader.types(`npx migrations ${cancel}`)).code).toBe(0);
      await reader.until(run, 'failed');
    },
  );
});
