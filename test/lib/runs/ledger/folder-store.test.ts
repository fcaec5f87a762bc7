import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { makeFolderStore } from '../../../../lib/runs/ledger/folder-store.ts';

let work: string;
let program: string;
let folder: string;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'ledger-'));
  program = join(work, 'ledger-process.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'ledger-process.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
});

beforeEach(async () => {
  folder = await mkdtemp(join(work, 'store-'));
});

afterAll(() => rm(work, { recursive: true }));

interface Ended {
  readonly signal: string | null;
  readonly code: number | null;
  readonly appended: readonly { readonly record: string; readonly position: number }[];
}

function runProcess(owner: string, appends: number, dieBefore = 0): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, folder, owner, String(appends), String(dieBefore)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const appended = printed
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      resolve({ code, signal, appended });
    });
  });
}

describe('makeFolderStore', () => {
  it('keeps each append of 8 racing processes once, where it said, and each process in its order', async () => {
    const owners = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

    const ended = await Promise.all(owners.map((owner) => runProcess(owner, 20)));

    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    const { text } = await makeFolderStore(folder).read('lanes/race');
    const lines = text.split('\n').slice(0, -1);
    expect(lines).toHaveLength(160);
    expect(new Set(lines).size).toBe(160);
    for (const { record, position } of ended.flatMap(({ appended }) => appended)) {
      expect(text.slice(position, position + record.length)).toBe(record);
    }
    for (const owner of owners) {
      const own = lines.filter((line) => line.startsWith(owner)).map((line) => Number(line.slice(2)));
      expect(own).toEqual(Array.from({ length: 20 }, (_, i) => i));
    }
  }, 60_000);

  describe.each([
    ['creates a list', 0],
    ['adds to a list', 1],
  ])('when a process is killed while it %s', (_, already) => {
    it('holds the append wholly or not at all, whatever it was about to do, and goes on', async () => {
      const outcomes: string[] = [];
      for (let nth = 1; outcomes.at(-1) !== 'lived'; nth += 1) {
        folder = await mkdtemp(join(work, 'store-'));
        const store = makeFolderStore(folder);
        if (already === 1) await store.append('lanes/race', 0, 'before:0\n');
        const start = already * 9;

        const { signal, appended } = await runProcess('killed', 1, nth);

        const { text, position } = await store.read('lanes/race');
        expect(['', 'killed:0\n']).toContain(text.slice(start));
        if (appended.length > 0) expect(text.slice(start)).toBe('killed:0\n');
        expect(await store.append('lanes/race', position, 'next\n')).toBe(position + 5);
        expect(await store.read('lanes/race')).toEqual({ text: `${text}next\n`, position: position + 5 });
        expect(await store.list('', { limit: 9 })).toEqual([{ name: 'lanes/race', at: expect.any(Number) }]);
        outcomes.push(signal === null ? 'lived' : text.length > start ? 'appended' : 'absent');
      }

      // Before the link it never was; after it, it is. Only the removal of the temporary file comes later.
      const kills = already === 1 ? 4 : 7;
      expect(outcomes).toEqual([...Array(kills - 1).fill('absent'), 'appended', 'lived']);
    }, 60_000);
  });

  it('reads a list of 200 appends from few files, and without them from all', async () => {
    const store = makeFolderStore(folder);
    let position = 0;
    for (let i = 0; i < 200; i += 1) position = (await store.append('a', position, `${i}\n`)) as number;
    const expected = Array.from({ length: 200 }, (_, i) => `${i}\n`).join('');
    const [id = ''] = await readdir(join(folder, 'parts'));
    const files = await readdir(join(folder, 'parts', id));
    const summaries = files.filter((file) => file.endsWith('.sum'));

    expect(summaries).toHaveLength(1);
    expect(
      files.filter((file) => /^\d+$/.test(file) && Number(file) >= Number.parseInt(summaries[0] ?? '', 10)).length,
    ).toBeLessThan(65);
    expect(await store.read('a')).toEqual({ text: expected, position: 690 });
    await rm(join(folder, 'parts', id, summaries[0] ?? ''));
    expect(await store.read('a')).toEqual({ text: expected, position: 690 });
  });

  it('shows what was the whole list a moment ago when a later part is seen without the one before it', async () => {
    const store = makeFolderStore(folder);
    await store.append('a', 0, 'one\n');
    const [id = ''] = await readdir(join(folder, 'parts'));
    await writeFile(join(folder, 'parts', id, '8'), 'three\n');

    expect(await store.read('a')).toEqual({ text: 'one\n', position: 4 });
  });

  it('says when a text was last written by the clock of the file system', async () => {
    const store = makeFolderStore(folder);
    await store.put('open/a', 'x');
    await utimes(join(folder, 'names/open/a~text'), 1_700_000_000, 1_700_000_000);

    expect(await store.list('open/', { limit: 1 })).toEqual([{ name: 'open/a', at: 1_700_000_000_000 }]);
  });

  it('lists what is written with the time of its own clock, however many appends there are', async () => {
    let now = 1_900_000_000_000;
    const store = makeFolderStore(folder, () => now);
    await store.append('runs/a', 0, 'x\n');
    await store.put('open/a', 'x');
    const first = await store.list('', { limit: 2 });
    now += 3_600_500;
    for (let position = 2; position < 140; position += 2) await store.append('runs/a', position, 'x\n');
    await store.put('open/a', 'y');

    expect(first).toEqual([
      { name: 'open/a', at: 1_900_000_000_000 },
      { name: 'runs/a', at: 1_900_000_000_000 },
    ]);
    expect(await store.list('', { limit: 2 })).toEqual([
      { name: 'open/a', at: 1_900_003_600_500 },
      { name: 'runs/a', at: 1_900_003_600_500 },
    ]);
  });

  it('leaves no file behind when nothing fails', async () => {
    const store = makeFolderStore(folder);
    await store.append('a', 0, 'x\n');
    await Promise.all([
      store.append('a', 2, 'y\n'),
      store.append('a', 2, 'z\n'),
      store.append('b', 0, '1'),
      store.append('b', 0, '2'),
    ]);
    await store.put('c', 'x');
    await Promise.all(['a', 'b', 'c'].map((name) => store.remove(name)));

    expect(await readdir(join(folder, 'temp'))).toEqual([]);
    expect(await readdir(join(folder, 'parts'))).toEqual([]);
    expect(await readdir(join(folder, 'names'))).toEqual([]);
  });

  it('says that its folder cannot be used, with the code and the cause', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');

    await expect(makeFolderStore(file).append('runs/a', 0, 'x\n')).rejects.toMatchObject({
      name: 'LedgerError',
      temporary: false,
      message: expect.stringMatching(/^ledger append runs\/a: ENOTDIR/),
      cause: { code: 'ENOTDIR' },
    });
  });
});
