import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type LocalRegion, startLocalRegion } from '../src/local-region.ts';
import { makeClient } from './cloud/functiongraph/client.ts';
import { makePackage } from './cloud/functiongraph/package.ts';

const PROJECT_ID = '0605767a3300d5762fb7c0186d9e1779';
const URN = `urn:fss:ap-southeast-3:${PROJECT_ID}:function:default:landed`;
const CODE = `
exports.handler = async (event) => {
  if (event.fail) throw new Error('as requested');
  return require('left').side;
};
`;
const library = (side: string) =>
  makePackage({ 'node_modules/left/index.js': `exports.side = '${side}';`, 'index.js': 'not the function' });
const PACKAGE = {
  code_type: 'zip',
  code_filename: 'index.zip',
  func_code: { file: makePackage({ 'index.js': CODE }) },
};

describe('a function with a dependency, run by the local cloud', () => {
  let home: string;
  let region: LocalRegion<undefined>;
  let call: ReturnType<typeof makeClient>;

  const start = async () => {
    region = await startLocalRegion({
      region: 'ap-southeast-3',
      stateFolder: home,
      gatewayPort: 0,
      buckets: [],
      seed: () => ({}),
      makeOwn: () => undefined,
      onEvent: () => undefined,
      onLog: () => undefined,
    });
    call = makeClient(region.cloud.url, { ...region.keys, projectId: PROJECT_ID });
  };
  const addLibrary = async (side: string) => {
    const body = { depend_type: 'zip', depend_file: library(side), runtime: 'Node.js20.15', name: 'left' };
    return (await call('createDependencyVersion', { body }))['id'];
  };
  const statusOf = async (id: unknown) => {
    const { invocations } = await call('listAsyncInvocations', { function_urn: URN, request_id: id });
    return (invocations as { status: string }[])[0]?.status;
  };
  const ended = async (id: unknown) => {
    while (['WAIT', 'RUNNING'].includes((await statusOf(id)) ?? ''))
      await new Promise((resolve) => setTimeout(resolve, 10));
    return statusOf(id);
  };

  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'dependency-'));
    await writeFile(path.join(home, 'project-id'), PROJECT_ID);
    await start();
    await call('createFunction', {
      body: {
        func_name: 'landed',
        package: 'default',
        runtime: 'Node.js20.15',
        handler: 'index.handler',
        memory_size: 256,
        timeout: 30,
        ...PACKAGE,
        depend_version_list: [await addLibrary('left')],
      },
    });
  }, 30_000);

  afterEach(async () => {
    await region.close();
    await rm(home, { recursive: true });
  });

  it('finds its files next to its own, also after a restart', async () => {
    expect(await call('invokeFunction', { function_urn: URN, body: {} })).toMatchObject({ result: '"left"' });

    await region.close();
    await start();

    expect(await call('invokeFunction', { function_urn: URN, body: {} })).toMatchObject({ result: '"left"' });
    expect(await call('listDependencies')).toMatchObject({ count: 1 });
  }, 30_000);

  it('has for each version the dependencies with which it was published', async () => {
    await call('createFunctionVersion', { function_urn: URN, body: { version: 'v1' } });
    const body = { ...PACKAGE, depend_version_list: [await addLibrary('right')] };
    await call('updateFunctionCode', { function_urn: URN, body });

    expect(await call('invokeFunction', { function_urn: URN, body: {} })).toMatchObject({ result: '"right"' });
    expect(await call('invokeFunction', { function_urn: `${URN}:v1`, body: {} })).toMatchObject({ result: '"left"' });
  }, 30_000);

  it('is counted, and its asynchronous requests have a status', async () => {
    const good = await call('asyncInvokeFunction', { function_urn: URN, body: {} });
    const bad = await call('asyncInvokeFunction', { function_urn: URN, body: { fail: true } });

    expect(await ended(good['request_id'])).toBe('SUCCESS');
    expect(await ended(bad['request_id'])).toBe('FAIL');
    const { count, fail_count: failures } = await call('listFunctionStatistics', { func_urn: URN, period: '5' });
    const total = (points: unknown) =>
      (points as { value: number }[]).reduce((sum, { value }) => sum + Math.max(0, value), 0);
    expect([total(count), total(failures)]).toEqual([2, 1]);
  }, 30_000);
});
