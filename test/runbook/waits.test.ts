import { RUN, rehearse } from './rehearse.ts';

rehearse('A run waits', (situation) => {
  situation('queued: the runs before it end, and it starts', 'queued.yml', async (reader) => {
    expect(await reader.look()).toMatch(/waiting .* queued: run /);
    const first = (await reader.runs()).find(({ state }) => state !== 'waiting');
    const waiting = await reader.runs('--state', 'waiting');
    reader.says('| `queued` | another run has the target | none; the message names that run |');
    expect(waiting).toHaveLength(2);
    for (const { reason } of waiting) {
      expect(reason).toMatchObject({ code: 'queued', message: expect.stringContaining(`run ${first?.run} of job`) });
    }

    for (const run of await reader.runs()) await reader.until(run, 'succeeded');
  });

  situation('paused: says by whom, since when and why, and resume lifts it', 'paused.yml', async (reader) => {
    const waiting = await reader.newest('restore-staging');
    reader.says('the message says which, who, since when and why');
    expect(waiting.reason).toMatchObject({
      code: 'paused',
      message: expect.stringMatching(/since .* by somebody: a rehearsal/),
    });

    const one = await reader.mentioned('npx migrations resume restore-staging');
    reader.says('it says what is still paused');
    expect(`${one.stdout}${one.stderr}`).toMatch(/all jobs/);
    await reader.mentioned('npx migrations resume');

    for (const run of await reader.runs('restore-staging')) await reader.until(run, 'succeeded');
  });

  situation('over_budget: the next hour starts it', 'over-budget.yml', async (reader) => {
    const runs = await reader.runs('--open');
    await reader.untilOneIs('over_budget');
    const waiting = await reader.runs('--state', 'waiting');
    expect(await reader.look()).toContain('over_budget: job restore-staging has used its limit of 5 runs per 1 h');
    expect(waiting).toMatchObject([{ state: 'waiting', reason: { code: 'over_budget' } }]);

    for (const run of runs) await reader.until(run, 'succeeded', 600_000);
  });

  situation('a code of the cloud: it is retried, later each time', 'busy-service.yml', async (reader) => {
    const run = await reader.newest('restore-staging');
    expect(await reader.look()).toMatch(/waiting .* DCS\.4036: /);
    await reader.night.repair();
    await reader.until(run, 'succeeded');
  });
});

rehearse('A run waits for an online migration', (situation) => {
  situation('the migration is ended, and nothing is overwritten afterwards', 'online-migration.yml', async (reader) => {
    const { night } = reader;
    const migration = await reader.newest('move-staging');
    const waiting = await reader.until(await reader.newest('restore-staging'), 'target_in_online_migration');
    reader.says('The reason names the run that has the target.');
    expect(waiting.reason?.message).toContain(`run ${migration.run} of job move-staging`);

    await reader.run('npx migrations pause restore-staging');
    expect(await night.cancel('move-staging', migration.run)).toBe(202);
    await reader.until(migration, 'failed');
    await night.later(60_000);
    expect(await reader.stateOf(waiting)).toMatchObject({ state: 'waiting', reason: { code: 'paused' } });
    await reader.run(`npx migrations runs forget restore-staging ${RUN} --why "older than the cutover"`, {
      [RUN]: waiting.run,
    });

    await reader.run('npx migrations resume restore-staging');
    await night.later(60_000);
    expect(await reader.stateOf(waiting)).toMatchObject({ state: 'forgotten' });
  });
});

rehearse('unknown', (situation) => {
  situation(
    'nothing is to be done: the task is looked for, and created when two lists lack it',
    'lost-response.yml',
    async (reader) => {
      const run = await reader.newest('restore-staging');
      expect(await reader.look()).toContain('unknown');
      reader.says('if two complete lists lack it the call is sent again');
      await reader.night.repair();

      const { run: id } = await reader.until(run, 'succeeded');

      const { stdout } = await reader.night.type(`npx migrations runs show restore-staging ${id}`);
      expect(stdout).toMatch(/unknown .*\n.* absent .*\n(.*\n)*.* created /);
    },
  );
});

rehearse('Runbook', (situation) => {
  situation('many runs are listed, held back and repeated by a pattern', 'many-jobs.yml', async (reader) => {
    const { night } = reader;
    const refused = await reader.runs('--state', 'rejected');
    expect(refused.map(({ state }) => state)).toEqual(['rejected', 'rejected']);
    await night.upload('prod/open.rdb');
    expect((await reader.run('npx migrations runs list --open')).stdout).toContain('restore-staging');
    const shown = await reader.run(`npx migrations runs show restore-staging ${RUN}`, {
      [RUN]: (await reader.newest('restore-staging')).run,
    });
    reader.says('ends with the commands that fit its state');
    expect(shown.stdout).toMatch(/Next steps\n/);

    await reader.run(`npx migrations runs list 'restore-*' --state parked,failed`);
    await reader.run(`npx migrations pause 'restore-*' --why "the caches are being resized"`);
    const replayed = await reader.run(`npx migrations runs replay 'restore-*' --rejected --since 2h`);
    expect(replayed.code).toBe(0);
    await night.later(60_000);
    expect(await reader.runs('--open', '--state', 'waiting')).toHaveLength(2);

    expect((await reader.mentioned('resume', "'restore-*'")).code).toBe(0);
    for (const run of await reader.runs('--open')) await reader.until(run, 'succeeded');
  });
});
