import { createHash } from 'node:crypto';
import type { Account, OperationCall } from '../operation.ts';

/** Paths of the services at this cloud's address; OBS, which has another address, has no entry. */
const SERVICES = [
  { name: 'iam', type: 'iam', path: () => '/v3' },
  { name: 'sms', type: 'sms', path: () => '/v3' },
  { name: 'dcs', type: 'dcs', path: (project: string) => `/v2/${project}` },
  { name: 'ecs', type: 'ecs', path: (project: string) => `/v1/${project}` },
  { name: 'smn', type: 'smn', path: (project: string) => `/v2/${project}` },
  { name: 'functiongraph', type: 'functiongraph', path: (project: string) => `/v2/${project}` },
] as const;
const GLOBAL = new Set<string>(['iam', 'sms']);

/** The catalog of services in a response about a token, or of KeystoneShowCatalog: with a project, all; otherwise the global services. */
export function catalogOf({ headers }: Pick<OperationCall, 'headers'>, account: Account, region: string): object[] {
  return SERVICES.filter(({ name }) => account.projectId !== '' || GLOBAL.has(name)).map(({ name, type, path }) => {
    const place = GLOBAL.has(name) ? '*' : region;
    return {
      type,
      id: idOf(name),
      name,
      endpoints: [
        {
          id: idOf(`${name}/endpoint`),
          interface: 'public',
          region: place,
          region_id: place,
          url: `http://${String(headers['host'])}${path(account.projectId)}`,
        },
      ],
    };
  });
}

function idOf(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
