import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FunctionRun, runFunctions } from '../../../lib/deploy/run-functions.ts';

const CODE = `
exports.initializer = (context, callback) => callback(null, '');
exports.handler = async (event, context) => {
  console.log('got ' + JSON.stringify(event));
  if (event.fail) throw new TypeError('asked to');
  return { variable: context.getUserData('A'), key: context.getSecurityAccessKey(), project: context.getProjectID() };
};
`;

describe('runFunctions', () => {
  let folder: string;
  let lines: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'run-functions-'));
    await mkdir(join(folder, 'one'));
    await writeFile(join(folder, 'one/index.js'), CODE);
  });
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(() => {
    lines = [];
  });

  const run = (events: readonly unknown[], own: Partial<FunctionRun> = {}) =>
    runFunctions(
      {
        functions: [{ name: 'one', timeoutSeconds: 5, userData: { A: 'a' } }],
        code: { folder },
        projectId: 'p1',
        keys: { accessKey: 'AK', secretKey: 'SK', securityToken: 'T' },
        invocations: events.map((event) => ({ name: 'one', event })),
        ...own,
      },
      (line) => lines.push(line),
    );

  it('runs one event after the other, with the documented context, and tells the log as it comes', async () => {
    const ends = await run([{ n: 1 }, { fail: true }, { n: 2 }]);

    const good = { ok: true, payload: '{"variable":"a","key":"AK","project":"p1"}', requestId: expect.any(String) };
    const bad = { ok: false, payload: '{"errorMessage":"asked to","errorType":"TypeError"}' };
    expect(ends).toEqual([good, { ...bad, requestId: expect.any(String) }, good]);
    expect(lines.filter((line) => line.startsWith('got '))).toEqual([
      'got {"n":1}',
      'got {"fail":true}',
      'got {"n":2}',
    ]);
  }, 30_000);

  it('reports why an event is refused', async () => {
    await expect(run(['x'.repeat(6.3e6)])).rejects.toThrow(
      'run one in the local FunctionGraph: invoke one: the event has 6300002 bytes; the limit is 6291456',
    );
  }, 30_000);

  it('reports that it could not run if the code is missing', async () => {
    await expect(run([{}], { code: { folder: join(folder, 'gone') } })).rejects.toMatchObject({
      code: 'local_run',
      message: expect.stringMatching(/^run one in the local FunctionGraph: ENOENT: .*gone/),
    });
  }, 30_000);
});
