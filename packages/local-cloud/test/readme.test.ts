import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.join(import.meta.dirname, '../../..');
const run = promisify(execFile);
/** Not available on every machine; only Node.js and npm are required. */
const itWithCurl = spawnSync('curl', ['--version']).status === 0 ? it : it.skip;

// A program that loads TypeScript, and official clients.
jest.setTimeout(60_000);

describe('the README', () => {
  let folder: string;
  let cloud: ReturnType<typeof spawn>;
  let printed: string;
  let snippets: { readonly language: string; readonly code: string }[];

  beforeAll(async () => {
    const text = await readFile(path.join(import.meta.dirname, '../README.md'), 'utf8');
    snippets = [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({
      language,
      code,
    }));
    folder = await mkdtemp(path.join(tmpdir(), 'readme-'));
    const [start = ''] = (snippets[0]?.code ?? '').split(' > ');
    const [program = '', ...args] = start.split(' ');
    cloud = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    printed = String((await once(cloud.stdout ?? cloud, 'data'))[0]);
    await writeFile(path.join(folder, 'local-cloud.env'), printed);
  });

  afterAll(() => rm(folder, { recursive: true }));

  const environment = () => Object.fromEntries(printed.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2)));
  const runJs = async (code: string) =>
    (await run('node', ['--input-type=module', '-e', code], { cwd: ROOT, env: { ...process.env, ...environment() } }))
      .stdout;
  const ofLanguage = (language: string) => snippets.filter((snippet) => snippet.language === language);

  it('configures the official clients with the output of the command', async () => {
    const [functions, objects, withToken] = await Promise.all(ofLanguage('js').map(({ code }) => runJs(code)));

    expect(functions).toContain('functions: []');
    expect(objects).toContain('first');
    expect(withToken).toContain('functions: []');
  });

  itWithCurl('forbids the next listing of functions, and no further one', async () => {
    const faults = ofLanguage('sh').find(({ code }) => code.includes('/local/faults'));
    const [functions] = ofLanguage('js');

    await run('sh', ['-c', faults?.code ?? ''], { cwd: folder });

    await expect(runJs(functions?.code ?? '')).rejects.toThrow(/403/);
    expect(await runJs(functions?.code ?? '')).toContain('functions: []');
  });

  it.each(['s3cmd', 'rclone'])('configures %s, where it is installed', async (program) => {
    if (spawnSync(program, ['version']).error !== undefined) return;
    const snippet = ofLanguage('sh').find(({ code }) => code.includes(`\n${program} `))?.code ?? '';
    const script = snippet.replaceAll(/^(s3cmd|rclone|aws) .*\n/gm, (line) => (line.startsWith(program) ? line : ''));
    // Nothing else of the caller's environment: its proxies and keys are not those of the local cloud.
    const env = { PATH: process.env.PATH ?? '', HOME: folder, ...environment() };

    expect((await run('sh', ['-ec', script], { cwd: folder, env })).stdout).toContain('one.txt');
  });

  it('stops the command with SIGINT', async () => {
    cloud.kill('SIGINT');

    expect(await once(cloud, 'exit')).toEqual([0, null]);
  });
});
