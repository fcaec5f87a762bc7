import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

function build(jobsFile: string): Promise<{ exitCode: number; printed: string }> {
  return new Promise((resolve) => {
    const args = ['--import', 'tsx', 'scripts/build.ts', jobsFile];
    execFile(process.execPath, args, { cwd: ROOT }, (error, stdout, stderr) => {
      resolve({ exitCode: error ? Number(error.code) : 0, printed: stdout + stderr });
    });
  });
}

describe('npm run build', () => {
  it('refuses a jobs file with problems, and lists them all with line and path', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'build-'));
    const jobsFile = join(folder, 'bad.yml');
    await writeFile(
      jobsFile,
      [
        'version: 1',
        'region: ap-southeast-3',
        'jobs:',
        '  Restore:',
        '    on: { schedule: { cron: "0 2 * * *" } }',
        '    backup_import: { target_instance: { id: x, password: hunter2-plain } }',
      ].join('\n'),
    );

    const { exitCode, printed } = await build(jobsFile);
    await rm(folder, { recursive: true });

    expect(exitCode).toBe(1);
    const places = printed.split('\n').flatMap((line) => (/bad\.yml:(\d+: [A-Za-z_.]+)/.exec(line) ?? []).slice(1));
    expect(places).toEqual([
      '4: jobs.Restore',
      '5: jobs.Restore.on.schedule.cron',
      '6: jobs.Restore.backup_import.backup_files',
      '6: jobs.Restore.backup_import.target_instance.password',
    ]);
    expect(printed).not.toContain('hunter2-plain');
  });
});
