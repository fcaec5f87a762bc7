import { rehearse } from './rehearse.ts';

rehearse('Nothing happens when I upload', (situation) => {
  situation('a sweep finds an object whose notification was lost', 'lost-notification.yml', async (reader) => {
    reader.says('a job with `sweep` finds the object within its `every`');
    expect(await reader.night.log()).not.toContain('backup-landed');
    expect(await reader.look()).toBe('');

    await reader.night.hour();

    await reader.night.logged('"looked":1,"missed":1');
    await reader.until(await reader.newest('restore-staging'), 'succeeded');
    expect(reader.night.messages()).toContain('restore-staging: 1 object of bucket redis-backups had no run');
  });

  situation('explains why no job matches', 'no-job-matches.yml', async (reader) => {
    const { night } = reader;
    reader.says('even one that matches no job (`skipped`)');
    await night.logged(/"outcome":"skipped",.*obs:\/\/redis-backups\/prod\/dump.RDB: no job matches/);
    reader.says('or says `no function` if no job watches that prefix');
    expect(night.printed).toContainEqual(expect.stringMatching(/staging\/dump.rdb .* -> no function/));

    const key = { 'prod/dump.rdb': 'prod/dump.RDB' };
    await reader.run('npx migrations event obs-put --bucket redis-backups --key prod/dump.rdb -o event.json', key);
    const { code, stdout } = await reader.run('npx migrations explain event.json');

    expect(code).toBe(1);
    expect(stdout).toContain('not restore-staging: its key "prod/**/*.rdb" does not match: segment 2 is "dump.RDB"');
    await night.upload('prod/dump.rdb');
    await reader.until(await reader.newest('restore-staging'), 'succeeded');
  });

  situation('shows what a set waits for', 'incomplete-set.yml', async (reader) => {
    const { stdout: listed } = await reader.mentioned('npx migrations runs list');
    const { stdout: shown } = await reader.mentioned('npx migrations runs show reports/7/');

    expect(listed).toContain('Open sets');
    for (const text of [listed, shown]) {
      expect(text).toContain('2 files found, but _SUCCESS is missing');
      expect(text).toContain('reports/7/_success is not the marker _SUCCESS: the name must match exactly');
    }
    await reader.night.upload('reports/7/_SUCCESS', 'redis-cluster-backups');
    await reader.until(await reader.newest('restore-reports'), 'succeeded');
  });

  situation('a set is given up at its deadline', 'forgotten-set.yml', async (reader) => {
    expect(await reader.look()).toContain('2 files found, but _SUCCESS is missing');
    reader.says("`missed` is reported after the set's `deadline`");
    await reader.night.later(6 * 3_600_000);
    expect(reader.night.messages()).toContain(
      'restore-reports: incomplete set: obs://redis-cluster-backups/reports/9/',
    );
  });
});
