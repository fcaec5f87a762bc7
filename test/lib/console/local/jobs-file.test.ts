import { mkdtemp, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { JobsFile } from '../../../../lib/console/local/jobs-file.ts';
import type { JobsFileInfo } from '../../../../lib/console/wire-system.ts';

const GOOD = `version: 1
region: ap-southeast-3
targets: { cache: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5 } }
jobs:
  restore:
    on: { object_created: { bucket: b-1, key: "**" } }
    overlap: latest
    backup_import: { target_instance: cache }
`;

describe('JobsFile', () => {
  let folder: string;
  let file: string;
  const opened: JobsFile[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'jobs-file-'));
    file = path.join(folder, 'migrations.yml');
  });
  afterEach(async () => {
    for (const jobsFile of opened.splice(0)) jobsFile.close();
    await rm(folder, { recursive: true });
  });

  async function open(
    text?: string,
  ): Promise<{ jobsFile: JobsFile; changes: JobsFileInfo[]; change(): Promise<JobsFileInfo> }> {
    if (text !== undefined) await writeFile(file, text);
    const changes: JobsFileInfo[] = [];
    const jobsFile = await JobsFile.open({
      file,
      name: 'migrations.yml',
      onChange: (info) => changes.push(info),
      pollMs: 10,
    });
    opened.push(jobsFile);
    let seen = 0;
    const change = async () => {
      while (changes.length === seen) await new Promise((resolve) => setTimeout(resolve, 5));
      seen = changes.length;
      return changes.at(-1) as JobsFileInfo;
    };
    return { jobsFile, changes, change };
  }

  it('has the text, and no problems with keys that need the ledger of npm start', async () => {
    const { jobsFile } = await open(GOOD);

    expect(jobsFile.info).toEqual({ path: 'migrations.yml', text: GOOD, problems: [], changed_since_start: false });
  });

  it('has every problem with its line and path', async () => {
    const { jobsFile } = await open(
      GOOD.replace('overlap: latest', 'overlap: never').replace('bucket: b-1', 'bucket: B'),
    );

    expect(jobsFile.info.problems).toMatchObject([
      { line: 6, path: 'jobs.restore.on.object_created.bucket', level: 'error' },
      { line: 7, path: 'jobs.restore.overlap', level: 'error' },
    ]);
  });

  it('says what to write there, like the command line', async () => {
    const { jobsFile } = await open(GOOD.replace('overlap: latest', 'overlap: never'));

    expect(jobsFile.info.problems).toMatchObject([{ line: 7, remedy: expect.stringContaining('latest') }]);
  });

  it('shows no literal password', async () => {
    const { jobsFile } = await open(GOOD.replace('9d5 }', '9d5, password: hunter2 }'));

    expect(JSON.stringify(jobsFile.info)).not.toContain('hunter2');
    expect(jobsFile.info.text).toContain('password: ***');
  });

  it.each([
    ['overlap: latest', 'overlap: hunter2'],
    ['overlap: latest', 'pwd: hunter2'],
    ['overlap: latest', 'stuff: { a: [ hunter2 ] }'],
    ['{ object_created', '{ request: { auth: { bearer: hunter2 } }, object_created'],
    ['{ object_created', '{ request: { auth: hunter2 }, object_created'],
    ['{ object_created', '{ request: { auth: { standard_webhooks: [ hunter2 ] } }, object_created'],
    ['target_instance: cache', 'target_instance: hunter2'],
    ['target_instance: cache', 'target_instance: { id: x, addrs: "redis://:hunter2@h:1" }'],
    ['target_instance: cache', 'target_instance: cache, access: hunter2'],
    ['version: 1', 'version: hunter2'],
    ['version: 1', 'version: 1\nmine: hunter2'],
    ['overlap: latest', 'overlap: "hunter2'],
  ])('hides values with problems: %s becomes %s', async (from, to) => {
    const { jobsFile } = await open(GOOD.replace(from, to));

    expect(JSON.stringify(jobsFile.info)).not.toContain('hunter2');
    expect(jobsFile.info.text.split('\n')).toHaveLength(GOOD.replace(from, to).split('\n').length);
  });

  it('reports each change, even if the file is replaced, or changed back', async () => {
    const { jobsFile, change } = await open(GOOD);

    await writeFile(file, `${GOOD}# more\n`);
    const changed = await change();
    await writeFile(`${file}.new`, GOOD);
    await rename(`${file}.new`, file);
    const back = await change();

    expect(changed).toMatchObject({ text: `${GOOD}# more\n`, changed_since_start: true });
    expect(back).toMatchObject({ text: GOOD, changed_since_start: false });
    expect(jobsFile.info).toBe(back);
  });

  it('reports that the file is missing, and reads it again when it is back', async () => {
    const { change } = await open(GOOD);

    await unlink(file);
    const gone = await change();
    await writeFile(file, GOOD);
    const back = await change();

    expect(gone).toEqual({
      path: 'migrations.yml',
      text: '',
      problems: [{ path: '(document)', message: 'could not be read: ENOENT', level: 'error' }],
      changed_since_start: true,
    });
    expect(back).toMatchObject({ text: GOOD, changed_since_start: false });
  });

  it('reads a file of 1 MiB, but not a larger one', async () => {
    const filled = (bytes: number) => `${GOOD}#${'x'.repeat(bytes - GOOD.length - 2)}\n`;

    expect((await open(filled(1024 * 1024))).jobsFile.info.problems).toEqual([]);
    expect((await open(filled(1024 * 1024 + 1))).jobsFile.info).toMatchObject({
      text: '',
      problems: [{ message: 'has more than 1048576 bytes' }],
    });
  });
});
