import { z } from 'zod';
import { check, queryObject } from '../check.ts';
import { makeOperation } from '../make-operation.ts';
import type { Operation, OperationCall, OperationResponse } from '../operation.ts';
import type { ServiceError } from '../service-error.ts';
import type { LocalAgencies, LocalAgency, LocalPermission } from './agencies.ts';
import type { Directory } from './directory.ts';
import { iamError } from './iam-error.ts';

/** Query of ListAgencies (API page iam_12_0001): `page` and `per_page` go together, 500 rows at most. */
const agenciesQuery = z
  .strictObject({
    domain_id: z.string().min(1),
    name: z.string().optional(),
    trust_domain_id: z.string().optional(),
    page: z
      .string()
      .regex(/^[1-9]\d*$/)
      .optional(),
    per_page: z
      .string()
      .regex(/^([1-9]\d?|[1-4]\d\d|500)$/)
      .optional(),
  })
  .refine(({ page, per_page }) => (page === undefined) === (per_page === undefined), {
    path: ['page'],
    message: 'must be used together with per_page',
  });

const invalid = (field: string, problem: string): ServiceError =>
  iamError(400, 'IAM.0011', `Request parameter ${field} ${problem}.`);
const notFound = (what: string, id: string): ServiceError =>
  iamError(404, 'IAM.0004', `Could not find ${what}: ${id}.`);

/** Read operations on agencies. Pages of the API reference: iam_12_0001, iam_12_0004, iam_12_0011, iam_12_0010, iam_12_0014, iam_10_0002. */
export function agencyOperations(agencies: LocalAgencies, directory: Directory): Operation[] {
  const agencyOf = ({ params }: OperationCall): LocalAgency => {
    const id = params['agency_id'] ?? '';
    const found = agencies.all().find((agency) => agency.id === id);
    if (!found) throw notFound('agency', id);
    return found;
  };
  const roles = (permissions: readonly LocalPermission[] = []) => ({
    status: 200,
    body: { roles: permissions.map(role) },
  });

  return [
    makeOperation('ListAgencies', 'GET', '/v3.0/OS-AGENCY/agencies', (call) => listAgencies(agencies, call)),
    makeOperation('ShowAgency', 'GET', '/v3.0/OS-AGENCY/agencies/{agency_id}', (call) => ({
      status: 200,
      body: { agency: row(agencyOf(call), call.account.domainId) },
    })),
    makeOperation(
      'ListProjectPermissionsForAgency',
      'GET',
      '/v3.0/OS-AGENCY/projects/{project_id}/agencies/{agency_id}/roles',
      (call) => {
        const id = call.params['project_id'] ?? '';
        if (directory.project(call.account.domainId, { id }) === undefined) throw notFound('project', id);
        return roles(agencyOf(call).project);
      },
    ),
    makeOperation(
      'ListDomainPermissionsForAgency',
      'GET',
      '/v3.0/OS-AGENCY/domains/{domain_id}/agencies/{agency_id}/roles',
      (call) => {
        authorizeAccount(call.params['domain_id'], call.account.domainId);
        return roles(agencyOf(call).global);
      },
    ),
    makeOperation(
      'ListAllProjectsPermissionsForAgency',
      'GET',
      '/v3.0/OS-INHERIT/domains/{domain_id}/agencies/{agency_id}/roles/inherited_to_projects',
      (call) => {
        authorizeAccount(call.params['domain_id'], call.account.domainId);
        const listed = agencyOf(call).everywhere ?? [];
        return { status: 200, body: { roles: listed.map(inheritedRole), links: { self: '' } } };
      },
    ),
    makeOperation('KeystoneShowPermission', 'GET', '/v3/roles/{role_id}', ({ params }) => {
      const id = params['role_id'] ?? '';
      const found = agencies.permission(id);
      if (!found) throw notFound('role', id);
      return { status: 200, body: { role: role(found) } };
    }),
  ];
}

function listAgencies(agencies: LocalAgencies, { account, query }: OperationCall): OperationResponse {
  const requested = check(agenciesQuery, queryObject(query), invalid);
  authorizeAccount(requested.domain_id, account.domainId);
  const all = agencies
    .all()
    .filter(({ name }) => requested.name === undefined || name === requested.name)
    .filter(({ trusts }) => requested.trust_domain_id === undefined || trustedId(trusts) === requested.trust_domain_id)
    .map((agency) => row(agency, account.domainId));
  const size = Number(requested.per_page ?? 500);
  const from = (Number(requested.page ?? 1) - 1) * size;
  return { status: 200, body: { agencies: all.slice(from, from + size) } };
}

function authorizeAccount(requested: string | undefined, own: string): void {
  if (requested !== own) throw iamError(403, 'IAM.0002', 'You do not have permission for another account.');
}

/** The IDs of the services' own accounts are not public, so any ID will do. */
function trustedId(name: string): string {
  return Buffer.from(name).toString('hex').padEnd(32, '0').slice(0, 32);
}

function row({ id, name, trusts, expiresAt }: LocalAgency, domainId: string) {
  return {
    id,
    name,
    domain_id: domainId,
    trust_domain_id: trustedId(trusts),
    trust_domain_name: trusts,
    description: '',
    duration: expiresAt === undefined ? 'FOREVER' : 'ONEDAY',
    expire_time: expiresAt ?? null,
    create_time: '2026-01-31T00:00:00.000000',
  };
}

/** The name used in tokens; its format is not documented. */
function internalName(id: string): string {
  return `custom_${id.slice(0, 8)}`;
}

function inheritedRole({ id }: LocalPermission) {
  return { id, name: internalName(id), links: { self: '' } };
}

function role({ id, name, version = '1.1', statements }: LocalPermission) {
  return {
    id,
    name: internalName(id),
    display_name: name,
    domain_id: null,
    catalog: 'CUSTOMED',
    type: 'XA',
    description: '',
    links: { self: '' },
    policy: {
      Version: version,
      Statement: statements.map(({ effect = 'Allow', actions, resources }) => ({
        Effect: effect,
        Action: actions,
        ...(resources === undefined ? {} : { Resource: resources }),
      })),
    },
  };
}
