import { Clock } from '../../../src/cloud/clock.ts';
import { InvocationHistory } from '../../../src/cloud/functiongraph/invocation-history.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT, call, type Reply } from '../caller.ts';
import { makePackage } from './package.ts';

const FGS = `/v2/${ACCOUNT.projectId}/fgs`;
export const URN = `urn:fss:ap-southeast-3:${ACCOUNT.projectId}:function:default:landed`;
export const NOW = Date.UTC(2026, 0, 31, 2, 3, 4);
export const BODY = {
  func_name: 'landed',
  runtime: 'Node.js20.15',
  handler: 'index.handler',
  memory_size: 256,
  timeout: 30,
  package: 'default',
  code_type: 'zip',
  code_filename: 'index.zip',
  func_code: { file: makePackage({ 'index.js': 'exports.handler = async () => 1;' }) },
};

/** A cloud with a function, whose runs the test records itself. */
export interface OneFunction {
  readonly cloud: LocalCloud;
  readonly history: InvocationHistory;
  /** @param path below `/v2/<project>/fgs` */
  readonly send: (method: string, path: string, body?: unknown) => Promise<Reply>;
}

export async function startOneFunction(): Promise<OneFunction> {
  const history = new InvocationHistory();
  const cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: NOW }),
    obs: { buckets: [{ name: 'packages' }] },
    functionGraph: {
      runner: {
        deploy: async () => undefined,
        invoke: async () => ({ ok: true, payload: '1', log: [] }),
        invokeLater: () => 'r-1',
        history,
      },
    },
  });
  const send = (method: string, path: string, body?: unknown) => call(cloud, method, `${FGS}${path}`, body);
  await send('POST', '/functions', BODY);
  return { cloud, history, send };
}

/** Encodes a URN as a client does. */
export function encoded(urn: string): string {
  return urn.replaceAll(':', '%3A').replaceAll('!', '%21');
}
