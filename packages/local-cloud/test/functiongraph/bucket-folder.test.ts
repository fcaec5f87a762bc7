import { appendFile, mkdir, mkdtemp, open, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BucketFolder } from '../../src/functiongraph/bucket-folder.ts';
import type { ObjectChange } from '../../src/functiongraph/object-notification.ts';

let home: string;
let root: string;
let changes: ObjectChange[] = [];
let errors: unknown[] = [];
let folders: BucketFolder[] = [];

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'buckets-'));
  root = path.join(home, 'buckets');
  changes = [];
  errors = [];
});

afterEach(async () => {
  await Promise.all(folders.map((folder) => folder.close()));
  folders = [];
  await rm(home, { recursive: true });
  expect(errors).toEqual([]);
});

async function openFolder(): Promise<BucketFolder> {
  const folder = await BucketFolder.open({
    root,
    stateFile: path.join(home, 'state', 'buckets.json'),
    buckets: ['inbox'],
    onChange: (change) => changes.push(change),
    onError: (error) => errors.push(error),
    now: () => new Date(),
    pollMs: 50,
  });
  folders.push(folder);
  folder.watch();
  return folder;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Waits until a file that is later in time and key order is reported, so that everything before it has been reported. */
async function untilLaterFile(name: string): Promise<void> {
  await writeFile(path.join(root, 'inbox', name), 'later');
  await until(() => changes.some((change) => change.key === name));
}

describe('BucketFolder', () => {
  it('reports a copied file once, with size and MD5', async () => {
    const folder = await openFolder();
    await mkdir(path.join(root, 'inbox', 'prod'));

    await writeFile(path.join(root, 'inbox', 'prod', 'dump.rdb'), 'REDIS0011');
    await untilLaterFile('z');

    expect(changes.find((change) => change.key === 'prod/dump.rdb')).toEqual({
      eventName: 'ObjectCreated:Put',
      bucket: 'inbox',
      key: 'prod/dump.rdb',
      size: 9,
      eTag: '5bad7906a43b4e6a9c4d4da9d051f077',
      versionId: 'null',
      time: expect.any(Date),
      sequencer: expect.stringMatching(/^[0-9A-F]{32}$/),
    });
    expect(changes.filter((change) => change.key === 'prod/dump.rdb')).toHaveLength(1);
    expect(await folder.has('inbox', 'prod/dump.rdb')).toBe(true);
    expect(await folder.has('inbox', 'prod')).toBe(false);
    expect(await folder.has('inbox', '../state/buckets.json')).toBe(false);
  });

  it('waits for a file that is written in pieces, however long the writer pauses', async () => {
    await openFolder();
    const file = await open(path.join(root, 'inbox', 'big.rdb'), 'w');
    await file.write('first ');
    await untilLaterFile('x');
    await file.write('second');
    await untilLaterFile('y');
    expect(changes.map((change) => change.key)).not.toContain('big.rdb');

    await file.close();
    await until(() => changes.some((change) => change.key === 'big.rdb'));

    expect(changes.filter((change) => change.key === 'big.rdb')).toMatchObject([{ size: 12 }]);
  });

  it('ignores temporary names, and reports a file that is moved into place', async () => {
    await openFolder();
    await writeFile(path.join(root, 'inbox', 'dump.rdb.part'), 'x');
    await writeFile(path.join(root, 'inbox', 'dump.tmp'), 'x');
    await writeFile(path.join(root, 'inbox', '.dump.swp'), 'x');
    await symlink(path.join(root, 'inbox', 'dump.tmp'), path.join(root, 'inbox', 'link.rdb'));
    await untilLaterFile('z');

    await rename(path.join(root, 'inbox', 'dump.rdb.part'), path.join(root, 'inbox', 'dump.rdb'));
    await until(() => changes.length === 2);

    expect(changes.map((change) => change.key)).toEqual(['z', 'dump.rdb']);
  });

  it('reports a file again when it is written or touched again, with a larger sequencer', async () => {
    await openFolder();
    const file = path.join(root, 'inbox', 'dump.rdb');
    await writeFile(file, 'one');
    await until(() => changes.length === 1);
    await appendFile(file, 'two');
    await until(() => changes.length === 2);
    await utimes(file, new Date('2026-03-14T00:00:00Z'), new Date('2026-03-14T00:00:00Z'));
    await until(() => changes.length === 3);

    expect(changes.map((change) => [change.eventName, change.size])).toEqual([
      ['ObjectCreated:Put', 3],
      ['ObjectCreated:Put', 6],
      ['ObjectCreated:Put', 6],
    ]);
    const sequencers = changes.map((change) => change.sequencer);
    expect([...sequencers].sort()).toEqual(sequencers);
  });

  it('reports a removed file, without size and eTag', async () => {
    await openFolder();
    const file = path.join(root, 'inbox', 'dump.rdb');
    await writeFile(file, 'one');
    await until(() => changes.length === 1);

    await rm(file);
    await until(() => changes.length === 2);

    expect(changes[1]).toEqual({
      eventName: 'ObjectRemoved:Delete',
      bucket: 'inbox',
      key: 'dump.rdb',
      versionId: 'null',
      time: expect.any(Date),
      sequencer: expect.any(String),
    });
  });

  it('does not report files that existed at start, but lists them', async () => {
    const first = await openFolder();
    await writeFile(path.join(root, 'inbox', 'old.rdb'), 'one');
    await until(() => changes.length === 1);
    await first.close();
    await writeFile(path.join(root, 'inbox', 'new.rdb'), 'two');

    const second = await openFolder();
    await untilLaterFile('z');

    expect(second.existingFiles).toEqual([
      { bucket: 'inbox', key: 'new.rdb', since: 'added' },
      { bucket: 'inbox', key: 'old.rdb', since: 'known' },
    ]);
    expect(changes.map((change) => change.key)).toEqual(['old.rdb', 'z']);
  });

  it('does not report files that are created, changed and removed with changeQuietly, even if it polls in the meantime', async () => {
    const folder = await openFolder();
    const file = path.join(root, 'inbox', 'over-http');
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    await writeFile(path.join(root, 'inbox', 'by-hand'), 'x');
    await until(() => changes.length === 1);

    const slow = folder.changeQuietly('inbox', 'over-http', async () => {
      await writeFile(file, 'one');
      await finished;
    });
    await untilLaterFile('w');
    finish();
    await slow;
    await untilLaterFile('x');
    await folder.changeQuietly('inbox', 'over-http', () => appendFile(file, 'two'));
    await untilLaterFile('y');
    await folder.changeQuietly('inbox', 'over-http', () => rm(file));
    await untilLaterFile('z');

    expect(changes.map(({ key }) => key)).toEqual(['by-hand', 'w', 'x', 'y', 'z']);
  });

  it('reports a file that is changed by others after it was created with changeQuietly', async () => {
    const folder = await openFolder();
    const file = path.join(root, 'inbox', 'over-http');
    await folder.changeQuietly('inbox', 'over-http', () => writeFile(file, 'one'));

    await appendFile(file, 'two');
    await until(() => changes.length === 1);

    expect(changes).toMatchObject([{ key: 'over-http', size: 6 }]);
  });
});
