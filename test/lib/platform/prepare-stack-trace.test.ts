import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildForTest } from '../../fixtures/built-functions.ts';

/** Runs a program in its own process, with access to the bundle of `backup-landed`, and returns its output. */
function run(bundle: string, program: string): string {
  const options = { encoding: 'utf8', env: { ...process.env, BUNDLE: bundle } } as const;
  return execFileSync(process.execPath, ['-e', `const { BUNDLE } = process.env; ${program}`], options);
}

describe('stacks of a bundle', () => {
  let built: Awaited<ReturnType<typeof buildForTest>>;
  let bundle = '';

  beforeAll(async () => {
    built = await buildForTest(await readFile(join(import.meta.dirname, '../../../migrations.yml'), 'utf8'));
    bundle = built.folderOf('backup-landed');
  });
  afterAll(() => built.remove());

  it('contain source files, and the names of functions and errors', () => {
    const printed = run(bundle, "require(BUNDLE).handler({}, { getRequestID: () => 'r' }).catch(() => {});");

    expect(JSON.parse(printed).error).toMatchObject({
      name: 'ConfigError',
      stack: expect.stringMatching(/^ {4}at credentialsOf \(\S*lib\/platform\/invocation\.ts:\d+:\d+\)\n/),
    });
  });

  it('cost nothing until one is read', () => {
    const loaded = "const read = () => Object.keys(require.cache).some((file) => file.endsWith('stack-trace.js'));";
    const printed = run(
      bundle,
      `${loaded} require(BUNDLE); const e = new Error('x'); console.log(read()); e.stack; console.log(read());`,
    );

    // A stack without frames of the bundle is not formatted.
    expect(printed).toBe('false\nfalse\n');
  });

  it('are shown unchanged when a map is missing or broken', async () => {
    const hook = join(bundle, 'stack-trace.js');
    const folder = await mkdtemp(join(tmpdir(), 'maps-'));
    const throwing = "module.exports = () => new TypeError('here');\n";
    await writeFile(join(folder, 'missing.js'), throwing);
    await writeFile(join(folder, 'broken.js'), throwing);
    await writeFile(join(folder, 'broken.js.map'), '{"mappings":');
    const program = (name: string) =>
      `Error.prepareStackTrace = require(${JSON.stringify(hook)}).prepareStackTrace; console.log(require(${JSON.stringify(join(folder, name))})().stack);`;

    const printed = ['missing.js', 'broken.js'].map((name) => run(bundle, program(name)).split('\n').slice(0, 2));
    await rm(folder, { recursive: true });

    expect(printed).toEqual([
      ['TypeError: here', `    at module.exports (${join(folder, 'missing.js')}:1:24)`],
      ['TypeError: here', `    at module.exports (${join(folder, 'broken.js')}:1:24)`],
    ]);
  });

  it('are formatted for any thrown value', () => {
    const hook = join(bundle, 'stack-trace.js');
    const program = `const { prepareStackTrace } = require(${JSON.stringify(hook)}); console.log([undefined, null, 'x', Object.create(null), { get name() { throw 1; } }].map((e) => prepareStackTrace(e, [])).join());`;

    expect(run(bundle, program)).toBe('Error,Error,Error,Error,Error\n');
  });
});
