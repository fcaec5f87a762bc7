import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parse } from 'yaml';
import { startHelp } from '../lib/local-system/start-options.ts';
import { pause } from '../lib/runs/ledger/pauses.ts';
import { RUN_VERSION } from '../lib/runs/ledger/run-record.ts';
import { type HelpOf, type KnownCommands, mentionProblems, readHelp } from './fixtures/command-checks.ts';
import { brokenLinks, type LinkTargets, unlistedLinks } from './fixtures/link-checks.ts';
import { type Page, readPage } from './fixtures/markdown-page.ts';
import { SMALL_RDB } from './fixtures/rdb.ts';
import { runCommand } from './fixtures/run-command.ts';
import { snippetProblems } from './fixtures/snippet-checks.ts';
import { landed, simulationJobs } from './simulation/jobs.ts';
import { Simulation } from './simulation/simulation.ts';

const ROOT = join(import.meta.dirname, '..');
const IGNORED_FOLDERS = new Set(['node_modules', 'dist', 'coverage', '.git', '.local', '.serverless', '.stryker-tmp']);

/** Tests do not use the network: whoever adds an address here has checked it. */
const ALLOWED_LINKS = [
  'http://127.0.0.1:4310',
  'http://127.0.0.1:4311',
  'https://www.standardwebhooks.com',
  'https://support.huaweicloud.com/',
  'https://www.rfc-editor.org/',
  'https://no-color.org',
];

/** Programs on every operator's machine; anything else is part of the project and must exist. */
const PROGRAMS = [
  'cp',
  'curl',
  'cd',
  'cat',
  'git',
  'mkdir',
  'printf',
  'openssl',
  'export',
  'apt-get',
  'redis-cli',
  'sleep',
];

function markdownFiles(folder = ''): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return IGNORED_FOLDERS.has(entry.name) ? [] : markdownFiles(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

const pages = new Map(markdownFiles().map((file) => [file, readPage(file, readFileSync(join(ROOT, file), 'utf8'))]));
const everyPage = [...pages.values()].map((page) => [page.file, page] as const);

const targets: LinkTargets = {
  exists: (path) => existsSync(join(ROOT, path)),
  anchorsOf: (path) => {
    const page = pages.get(path);
    return page && new Set(page.headings.map(({ anchor }) => anchor));
  },
};

async function helpOf(words: readonly string[]): Promise<HelpOf> {
  const { stdout, stderr, code } = await runCommand([...words, '--help'], { cwd: ROOT });
  if (code !== 0) throw new Error(`npx migrations ${words.join(' ')} --help: ${code} ${stderr}`);
  const { commands, ...help } = readHelp(stdout);
  const inner = await Promise.all(commands.map(async (name) => [name, await helpOf([...words, name])] as const));
  return { ...help, commands: new Map(inner) };
}

/** The provider registers a hook for each of its commands; `print` and `package` are the framework's own. */
function serverlessCommands(): string[] {
  const hooks = readFileSync(join(ROOT, 'lib/deploy/plugin.ts'), 'utf8').matchAll(/^ {6}'((?:[a-z]+:)+)[a-zA-Z]+': /gm);
  return ['package', 'print', ...new Set([...hooks].map(([, path = '']) => path.slice(0, -1).replaceAll(':', ' ')))];
}

const optionsIn = (help: string) => new Set([...help.matchAll(/(?<![\w-])--[a-z-]+/g)].map(([option]) => option));

let known: KnownCommands;
beforeAll(async () => {
  known = {
    scripts: Object.keys(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts),
    scriptOptions: { start: optionsIn(startHelp('npm start')) },
    migrations: await helpOf([]),
    serverless: serverlessCommands(),
    programs: PROGRAMS,
    root: ROOT,
  };
}, 120_000);

describe('the pages', () => {
  it('are found', () => {
    expect([...pages.keys()]).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/webhook.md']));
    expect([...pages.keys()].filter((file) => file.includes('node_modules'))).toEqual([]);
  });

  it.each(everyPage)('%s links only to files and headings that exist', (_, page) => {
    expect(brokenLinks(page, targets)).toEqual([]);
  });

  it.each(everyPage)('%s links only to external addresses that were checked', (_, page) => {
    expect(unlistedLinks(page, ALLOWED_LINKS)).toEqual([]);
  });

  it.each(everyPage)('%s has only snippets that work', async (_, page) => {
    const found = await Promise.all(page.snippets.map((snippet) => snippetProblems(snippet, known)));

    expect(found.flat()).toEqual([]);
  });

  // The history names commands that no longer exist.
  const present = everyPage.filter(([file]) => file !== 'CHANGELOG.md');

  it.each(present)('%s names only commands that exist', (_, page) => {
    expect(page.inlineCode.flatMap((code) => mentionProblems(code, known))).toEqual([]);
  });

  it.each(everyPage)('%s has one title, and skips no heading level', (_, { headings }) => {
    const levels = headings.map(({ level }) => level);

    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    expect(levels.filter((level, i) => level > (levels[i - 1] ?? 0) + 1)).toEqual([]);
  });
});

describe('the documentation', () => {
  it('can all be reached from the README, link by link', () => {
    const reached = new Set(['README.md']);
    for (const file of reached) {
      const page = pages.get(file);
      for (const link of page?.links ?? []) {
        const path = posix.join(posix.dirname(file), link.split('#')[0] ?? '');
        if (pages.has(path)) reached.add(path);
      }
    }

    expect([...pages.keys()].filter((file) => file.startsWith('docs/') && !reached.has(file))).toEqual([]);
  });

  it('shows every picture it has', () => {
    const shown = new Set([...pages.values()].flatMap(({ links }) => links.map((link) => posix.basename(link))));

    expect(readdirSync(join(ROOT, 'docs/images')).filter((file) => !shown.has(file))).toEqual([]);
  });
});

describe('.github/workflows/ci.yml', () => {
  it('runs .ci/run on Node.js 20, has read access only, and pins its actions', () => {
    const { permissions, jobs } = parse(readFileSync(join(ROOT, '.github/workflows/ci.yml'), 'utf8'));
    const steps = Object.values(
      jobs as Record<string, { steps: { uses?: string; run?: string; with?: object }[] }>,
    ).flatMap((job) => job.steps);

    expect(permissions).toEqual({ contents: 'read' });
    expect(steps.map(({ uses, run }) => uses ?? run)).toEqual([
      'actions/checkout@11d5960a326750d5838078e36cf38b85af677262',
      'actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020',
      'sudo apt-get update -qq && sudo apt-get install -y -qq --no-install-recommends s3cmd rclone',
      '.ci/run',
    ]);
    expect(steps[1]?.with).toEqual({ 'node-version': 20 });
  });
});

describe('docs/architecture.md', () => {
  it('lists every kind of object in the ledger', async () => {
    const jobs = await simulationJobs((yaml) =>
      yaml
        .replace('key: "b/**" }', 'key: "b/**", set: { by: "b/{set}/", complete: { quiet: 1h } } }')
        .replace('    overlap: latest', '    sweep: { every: 5m }\n    overlap: latest')
        .replace('move-cache:\n    on: {', 'move-cache:\n    on: { request: {},'),
    );
    const simulation = new Simulation({ jobs });
    await simulation.person((ledger) => pause(ledger, 'move-cache'));
    const asked = { kind: 'request' as const, requestId: 'g-1', job: 'move-cache', body: {}, query: {} };
    await simulation.deliver(jobs, 'move-cache', { ...asked, time: new Date(simulation.now).toISOString() });
    await simulation.reconcile();
    simulation.advance(5 * 60_000);
    simulation.obs.put('backups', 'latest/missed.rdb', SMALL_RDB, new Date(simulation.now).toISOString());
    await simulation.notify([landed('a/one.rdb'), landed('b/x/one.rdb')]);
    await simulation.store.put('open/import-a/bad', '');
    await simulation.store.append('runs/import-a/bad', 0, 'no record\n');
    simulation.advance(20 * 60_000);
    await simulation.reconcile();
    const names = (await simulation.store.list('', { limit: 1_000 })).map(({ name }) => name);
    const text = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `([a-z-]+\/[^`]+)` \| (?:list|note) \|/gm)].map(
      ([, row = '']) => new RegExp(`^${row.replaceAll(/<[^>]+>/g, '[^/]+').replace('...', '\\d+')}$`),
    );

    expect(names.filter((name) => !rows.some((row) => row.test(name)))).toEqual([]);
    // `reconcile-next` exists only during a tick, and after one that ran out of time.
    expect(rows.filter((row) => !names.some((name) => row.test(name))).map(({ source }) => source)).toEqual([
      '^control\\/reconcile-next$',
    ]);
  });
});

describe('docs/upgrade.md', () => {
  it('states the format of records, and has notes for each version of the CHANGELOG', () => {
    const text = readFileSync(join(ROOT, 'docs/upgrade.md'), 'utf8');
    const versions = pages.get('CHANGELOG.md')?.headings.filter(({ level }) => level === 2);
    const notes = pages.get('docs/upgrade.md')?.headings.filter(({ level }) => level === 3);

    expect(text).toContain(`has a format, now ${RUN_VERSION}.`);
    expect(notes?.map((note) => note.text)).toEqual(versions?.map((version) => version.text));
  });
});

/** Checks that the rules above catch what they should. */
describe('the rules', () => {
  const page = (text: string, file = 'docs/page.md'): Page => readPage(file, text);
  const problems = async (text: string) =>
    (await Promise.all(page(text).snippets.map((snippet) => snippetProblems(snippet, known)))).flat();
  const fenced = (language: string, code: string, before = '') => `${before}\n\`\`\`${language}\n${code}\n\`\`\`\n`;

  it('accept links to files, folders and headings, and refuse missing ones', () => {
    const right = ['webhook.md', 'webhook.md#states-of-a-run', '../README.md', '../examples', '#a-b', 'openapi.json'];
    const wrong = ['none.md', 'webhook.md#none', '#none', '/README.md', '../../outside.md', 'openapi.json#a'];
    const text = ['# A b', ...[...right, ...wrong].map((link) => `- [x](${link})`), '![i](none.png)'].join('\n');
    const own: LinkTargets = {
      exists: (path) => path === 'docs/page.md' || targets.exists(path),
      anchorsOf: (path) => (path === 'docs/page.md' ? new Set(['a-b']) : targets.anchorsOf(path)),
    };

    expect(brokenLinks(page(text), own)).toEqual([...wrong, 'none.png']);
  });

  it('find links in tables, lists and link references', () => {
    const text = '| a |\n| --- |\n| [x](none-1.md) |\n\n- 1. [x](none-2.md)\n\n[x][ref]\n\n[ref]: none-3.md\n';

    expect(brokenLinks(page(text), targets)).toEqual(['none-1.md', 'none-2.md', 'none-3.md']);
  });

  it('refuse an external link that is not on the list', () => {
    const text = '[a](https://support.huaweicloud.com/x) [b](https://example.com) <https://example.org>';

    expect(unlistedLinks(page(text), ALLOWED_LINKS)).toEqual(['https://example.com', 'https://example.org']);
  });

  it('make anchors as GitHub does, numbering repeated headings', () => {
    const { headings } = page('# `settle_seconds`, or: how long?\n\n## Same\n\n## Same\n');

    expect(headings.map(({ anchor }) => anchor)).toEqual(['settle_seconds-or-how-long', 'same', 'same-1']);
  });

  it.each([
    ['a whole file', 'version: 1\nregion: cn-north-4\njobs: {}', /jobs: has no job/],
    ['jobs by name', 'a-job:\n  on: { request: {} }\n  backup_impor: {}', /backup_impor/],
    ['keys of a job', 'overlap: sometimes', /overlap/],
    ['triggers', 'schedule: { cron: "0 2 * * *" }', /cron/],
    ['targets', 'targets:\n  x: { id: y, password: secret }', /password/],
    ['serverless.yml', 'provider:\n  name: huawei\n  memorysize: 256', /must NOT have additional properties/],
    ['malformed YAML', 'a: [', /not valid YAML/],
  ])('refuse invalid YAML: %s', async (_, code, message) => {
    expect(await problems(fenced('yaml', code))).toEqual([expect.stringMatching(message)]);
  });

  it.each([
    [
      'jobs by name',
      'a-job:\n  on: { request: {} }\n  backup_import: { target_instance: staging-cache, backup_files: { latest_of: prod-cache } }',
    ],
    ['keys of a job', 'overlap: latest\nlimit: { runs: 5, per: 1h }'],
    ['triggers', 'schedule: { rate: 1h }\nobject_created: { bucket: some-bucket, key: "*.rdb" }'],
    ['top keys', 'time_zone: Europe/Berlin'],
    ['serverless.yml', 'provider:\n  name: huawei\n  memorySize: 256'],
  ])('accept a fragment of YAML in its skeleton: %s', async (name, code) => {
    const found = await problems(fenced('yaml', code));

    // A tick gives an import no file, so this problem of the fragment with a schedule is correct.
    expect(found).toEqual(name === 'triggers' ? [expect.stringMatching(/backup_files: is missing/)] : []);
  });

  it('refuse JSON that does not parse, or does not match its schema', async () => {
    const schema = '<!-- schema: docs/openapi.json#/components/schemas/StartFields -->\n';

    expect(await problems(fenced('json', '{ "a": 1, }'))).toEqual([expect.stringMatching(/^not valid JSON/)]);
    expect(await problems(fenced('json', '{ "backup_files": { "file_source": "tape" } }', schema))).toEqual([
      expect.stringMatching(/^against docs\/openapi.json/),
    ]);
    expect(await problems(fenced('json', '{ "backup_files": 1 }'))).toEqual([]);
  });

  it.each([
    ['npm run nothing', /no script nothing/],
    ['npm publish', /not on the list/],
    ['npm start -- --twice', /no option --twice/],
    ['npx migrations nothing', /no such command/],
    ['npx migrations pause --force', /no option --force/],
    ['npx migrations pause one two', /at most 1 arguments/],
    ['npx serverless destroy', /no such command/],
    ['npx nothing', /no such program/],
    ['node scripts/none.mjs', /no such file/],
    ['./none.sh', /no such file/],
    ['rm -rf /', /not on the list/],
    ['npm test && rm x', /not on the list/],
    ['cat x | rm y', /not on the list/],
    ['A=b rm x # y', /not on the list/],
    ['cat \\\n  x; rm y', /not on the list/],
  ])('refuse the command %j', async (code, message) => {
    expect(await problems(fenced('sh', code))).toEqual([expect.stringMatching(message)]);
  });

  it('accept commands with comments, variables, quotes, redirections and several lines', async () => {
    const code = [
      'npm ci && npm test   # rm -rf, in a comment only',
      'A=b npm start -- --once --port 0',
      'npx migrations pause restore-staging --json > out.json',
      'curl -d \'{ "a": "rm; rm | rm" }\' \\\n  http://127.0.0.1:4310/jobs',
      'npx serverless deploy function -f schedule',
      'npx jest test/docs.test.ts',
      '.ci/run',
    ].join('\n');

    expect(await problems(fenced('sh', code))).toEqual([]);
  });

  it('refuse a mention of an unknown command, and accept placeholders and omissions', () => {
    expect(mentionProblems('npm run nothing', known)).toHaveLength(1);
    expect(mentionProblems('npx migrations nothing', known)).toHaveLength(1);
    expect(mentionProblems('npx migrations pause [job]', known)).toEqual([]);
    expect(mentionProblems('npx migrations', known)).toEqual([]);
    expect(mentionProblems('npx migrations a|b', known)).toEqual([]);
  });

  it('refuse a language that nothing checks, and accept an exemption only with a reason', async () => {
    expect(await problems(fenced('python', 'x'))).toEqual(['nothing checks snippets in python']);
    expect(await problems(fenced('python', 'x', '<!-- not run: -->\n'))).not.toEqual([]);
    expect(await problems(fenced('python', 'x', '<!-- not run: short -->\n'))).not.toEqual([]);
    expect(await problems(fenced('python', 'x', '<!-- not run: runs in the Python of the pipeline -->\n'))).toEqual([]);
    // It exempts the next snippet only.
    const two = fenced('python', 'x', '<!-- not run: runs in the Python of the pipeline -->\n');
    expect(await problems(`${two}${fenced('python', 'y')}`)).toHaveLength(1);
  });
});
