import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from '../../../fixtures/run-command.ts';
import { environmentOf, JOBS, startProbedCloud } from './probed-cloud.ts';

const PAGE = path.join(import.meta.dirname, '../../../../docs/probe.md');

describe('docs/probe.md', () => {
  it('shows lines that a probe prints, in their order', async () => {
    const cwd = await mkdtemp(path.join(tmpdir(), 'probe-docs-'));
    const cloud = await startProbedCloud();
    try {
      await writeFile(path.join(cwd, 'migrations.yml'), JSON.stringify(JOBS));
      await writeFile(path.join(cwd, 'serverless.yml'), `provider: { name: huawei, endpoint: "${cloud.url}" }\n`);
      const { stdout } = await runCommand(['probe'], { cwd, env: environmentOf(cloud) });

      const [, shown = ''] = /```text\n(append-concurrency.*?)```/s.exec(await readFile(PAGE, 'utf8')) ?? [];
      expect(shown).toContain('append-concurrency');
      const printed = stdout.split('\n');
      let at = 0;
      for (const line of shown.trimEnd().split('\n')) {
        const found = printed.indexOf(line, at);
        expect([line, found >= at]).toEqual([line, true]);
        at = found + 1;
      }
    } finally {
      await cloud.close();
      await rm(cwd, { recursive: true, force: true });
    }
  });
});
