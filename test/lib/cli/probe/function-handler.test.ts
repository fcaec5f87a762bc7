import { handler } from '../../../../lib/cli/probe/function-handler.ts';
import type { ProbeOrder, ProbeReport } from '../../../../lib/cli/probe/function-order.ts';
import { type FunctionOfProbe, runFunctionOfProbe } from '../../../../lib/cli/probe/run-function.ts';
import { makeTerminal, type Streams } from '../../../../lib/cli/terminal.ts';
import { makeRedact } from '../../../../lib/cloud/transport/redact.ts';
import type { LocalCloud } from '../../../../packages/local-cloud/src/cloud/local-cloud.ts';
import { BUCKET, environmentOf, KEYS, objectsIn, PREFIX, startProbedCloud } from './probed-cloud.ts';

const ORDER = {
  place: { bucket: BUCKET, prefix: PREFIX },
  folderName: '20260101T000000Z-0000000a',
  region: 'ap-southeast-3',
  functionGraph: 'http://127.0.0.1:9',
  instanceIds: [],
  actions: [],
} satisfies ProbeOrder;

describe('the function of a probe', () => {
  let cloud: LocalCloud;
  beforeEach(async () => {
    cloud = await startProbedCloud();
  });
  afterEach(() => cloud.close());

  const contextWith = (remainingMs: number) => {
    // Keys in variables are never used.
    const { HUAWEICLOUD_SDK_AK: _, HUAWEICLOUD_SDK_SK: __, ...variables } = environmentOf(cloud);
    return {
      getUserData: (name: string) => variables[name],
      getRemainingTimeInMilliSeconds: () => remainingMs,
      getSecurityAccessKey: () => KEYS.accessKey,
      getSecuritySecretKey: () => KEYS.secretKey,
      getSecurityToken: () => KEYS.securityToken,
    };
  };

  it('calls nothing without the keys of an agency, even if its variables have keys', async () => {
    const environment = environmentOf(cloud);
    const report = await handler(ORDER, { getUserData: (name) => environment[name] });

    expect(report).toEqual({ failed: 'no_keys', isClean: true });
    expect(cloud.requests).toEqual([]);
  });

  it('ends in time, and leaves nothing behind', async () => {
    expect(await handler(ORDER, contextWith(45_200))).toEqual({ failed: 'out_of_time', isClean: true });
    expect(await objectsIn(cloud)).toEqual([]);
  });

  it.each([
    [
      { failed: 'no_keys', isClean: true },
      'check in IAM that the agency exists, and that its cloud service is FunctionGraph',
    ],
    [{ errorMessage: 'no SK-1 here' } as unknown as ProbeReport, 'probe: it failed: {"errorMessage":"no *** here"}'],
  ] as const)('is deleted when it returns %j', async (returned, why) => {
    const deleted: string[] = [];
    const stream = { write: () => true } as unknown as NodeJS.WriteStream;
    const streams: Streams = { stdin: process.stdin, stdout: stream, stderr: stream, env: {} };
    const own: FunctionOfProbe = {
      api: {
        createFunction: async () => undefined,
        invoke: async () => ({ ok: true, result: JSON.stringify(returned), log: '', requestId: '' }),
        deleteFunction: async (urn) => deleted.push(urn) > 0,
      },
      name: 'migrations-probe',
      urn: 'urn',
      body: {},
      agency: 'mig-agency',
      signal: new AbortController().signal,
      abandoned: new AbortController(),
      redact: makeRedact(['SK-1']),
      terminal: makeTerminal(streams, false),
    };

    await expect(runFunctionOfProbe(own, ORDER, async () => true)).rejects.toThrow(why);
    expect(deleted).toEqual(['urn']);
  });
});
