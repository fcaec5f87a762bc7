import { handler } from '../../../../lib/cli/probe/function-handler.ts';
import type { ProbeOrder, ProbeReport } from '../../../../lib/cli/probe/function-order.ts';
import { type FunctionOfProbe, runFunctionOfProbe } from '../../../../lib/cli/probe/run-function.ts';
import { makeTerminal, type Streams } from '../../../../lib/cli/terminal.ts';
import { makeRedact } from '../../../../lib/cloud/transport/redact.ts';
import { CloudError } from '../../../../lib/kernel/errors.ts';
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
    const own = functionOf({
      invoke: async () => ({ ok: true, result: JSON.stringify(returned), log: '', requestId: '' }),
      deleteFunction: async (urn) => deleted.push(urn) > 0,
    });
    const shared = { requestStop: async () => true, isStopRequested: async () => false, where: 'obs://b/probe/' };

    await expect(runFunctionOfProbe(own, ORDER, shared)).rejects.toThrow(why);
    expect(deleted).toEqual(['urn']);
  });

  it.each([
    ['unknown', 504, 'after 3 looks', ['stop', 'look', 'look', 'look', 'delete']],
    ['unknown', undefined, 'never', ['stop', ...Array<string>(20).fill('look'), 'delete']],
    ['unknown', 504, 'cannot be asked', ['stop', 'delete']],
    ['rejected', 403, 'never', ['delete']],
    ['not_sent', undefined, 'never', ['delete']],
  ] as const)(
    'is deleted when its invocation ends as %s (%s), and it stops: %s',
    async (outcome, status, stops, calls) => {
      const seen: string[] = [];
      const notes: string[] = [];
      const failure = (operation: string) =>
        new CloudError({ service: 'FUNCTIONGRAPH', operation, outcome, temporary: true, ...(status && { status }) });
      const own = functionOf(
        {
          invoke: async () => {
            throw failure('invoke');
          },
          deleteFunction: async () => seen.push('delete') > 0,
        },
        notes,
      );
      const shared = {
        requestStop: async () => {
          seen.push('stop');
          if (stops === 'cannot be asked') throw failure('putObject');
          return true;
        },
        isStopRequested: async () => seen.push('look') < 4 || stops === 'never',
        where: 'obs://b/probe/',
      };

      await expect(runFunctionOfProbe(own, ORDER, shared)).rejects.toThrow('migrations-probe: probe: ');
      expect(seen).toEqual(calls);
      const note =
        'the response of the function migrations-probe was lost: stopping it, as it may still be writing to obs://b/probe/';
      expect(notes.filter((text) => text.includes(note))).toHaveLength(outcome === 'unknown' ? 1 : 0);
    },
  );
});

function functionOf(api: Omit<FunctionOfProbe['api'], 'createFunction'>, notes: string[] = []): FunctionOfProbe {
  const stream = { write: (text: string) => notes.push(text) > 0 } as unknown as NodeJS.WriteStream;
  const streams: Streams = { stdin: process.stdin, stdout: stream, stderr: stream, env: {} };
  return {
    api: { createFunction: async () => undefined, ...api },
    name: 'migrations-probe',
    urn: 'urn',
    body: {},
    agency: 'mig-agency',
    signal: new AbortController().signal,
    abandoned: new AbortController(),
    redact: makeRedact(['SK-1']),
    terminal: makeTerminal(streams, false),
    wait: async () => undefined,
  };
}
