import { makeOperation } from '../make-operation.ts';
import type { Account, Operation, Service } from '../operation.ts';
import type { LocalAgencies } from './agencies.ts';
import { agencyOperations } from './agency-operations.ts';
import { iamError } from './iam-error.ts';

/** The local IAM: the two lookups with which an SDK finds the project and the account of its keys, and the read operations on agencies. */
export function makeIamService(region: string, agencies: LocalAgencies): Service {
  const project = (account: Account) => ({
    id: account.projectId,
    name: region,
    domain_id: account.domainId,
    parent_id: account.domainId,
    is_domain: false,
    enabled: true,
    description: '',
    links: { self: '' },
  });

  const operations: Operation[] = [
    makeOperation('KeystoneListProjects', 'GET', '/v3/projects', ({ account, query }) => {
      const name = query.get('name');
      const projects = name === null || name === region ? [project(account)] : [];
      return { status: 200, body: { links: { next: null, previous: null, self: '' }, projects } };
    }),
    makeOperation('KeystoneListAuthDomains', 'GET', '/v3/auth/domains', ({ account }) => ({
      status: 200,
      body: {
        links: { next: null, previous: null, self: '' },
        domains: [{ id: account.domainId, name: 'local', enabled: true, description: '', links: { self: '' } }],
      },
    })),
    ...agencyOperations(agencies),
  ];

  return {
    name: 'IAM',
    operations,
    authorize: () => undefined,
    errors: {
      emptyBody: () => iamError(400, 'IAM.0011', 'The request body is empty.'),
      notJson: () => iamError(400, 'IAM.0011', 'The request body is not in JSON format.'),
      wrongMethod: undefined,
      forbidden: (operation) => iamError(403, 'IAM.0002', `You do not have permission for ${operation}.`),
      internal: (message) => iamError(500, 'IAM.0006', `An internal error occurred. ${message}`.trim()),
    },
  };
}
