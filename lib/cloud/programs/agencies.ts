import type { IamOptions } from '../iam.ts';
import { checkPathId } from '../transport/check-path-id.ts';
import { textOf } from '../transport/read-answer.ts';
import { fieldsOf, objectsOf, withoutAbsent } from '../transport/read-fields.ts';
import { type RequestParts, requestOf } from '../transport/request-of.ts';
import { makeSdkClient } from '../transport/sdk-client.ts';
import { unlessAbsent } from '../transport/unless-absent.ts';
import { unusableAnswer } from '../transport/unusable-answer.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Agency {
  readonly id: string;
  readonly name: string;
  /** Who may act with it: a name of an account, or of a service such as `op_svc_cff` (FunctionGraph). */
  readonly trusts?: string;
  /** As IAM writes it; absent: never. */
  readonly expiresAt?: string;
}

/** What a statement of a policy says. */
export interface PolicyStatement {
  readonly effect: string;
  readonly actions: readonly string[];
  /** Does it hold for some resources, or under some conditions only? */
  readonly isLimited: boolean;
}

/** A role or a policy. */
export interface Permission {
  readonly id: string;
  readonly name: string;
  /** `1.1` of a policy, whose statements say everything; `1.0` of a role, whose actions are words of the service. */
  readonly version: string;
  readonly statements: readonly PolicyStatement[];
}

/** Ids of permissions, by where they were granted. */
interface Grants {
  /** In the project. */
  readonly project: readonly string[];
  /** For the services that all regions share. */
  readonly global: readonly string[];
  /** In all projects. */
  readonly everywhere: readonly string[];
}

/** Reads agencies and what they are allowed. Each call throws `CloudError` and nothing else. */
export interface Agencies {
  /** Id of the account that the keys belong to. */
  findAccountId(): Promise<string>;
  /** `undefined` when the account has none of exactly this name. Trust agencies of the newer IAM are not among those that can be found. */
  findAgency(accountId: string, name: string): Promise<Agency | undefined>;
  listGrants(accountId: string, agencyId: string, projectId: string): Promise<Grants>;
  /** `undefined` when there is none. */
  showPermission(id: string): Promise<Permission | undefined>;
}

/**
 * Agencies of IAM over the official core; its generated client is no dependency. Operations, paths and fields are those of the generated
 * `IamClient` (3.1.209) and of the API reference: iam_12_0001 (2025), iam_12_0014 (2024-07-30), iam_10_0002 (2025-12-27). All read.
 *
 * @throws {ConfigError} when there are no keys, or the endpoint is malformed
 */
export function makeAgencies(options: IamOptions): Agencies {
  const sdk = makeSdkClient('IAM', options, options.domainId === undefined ? {} : { domainId: options.domainId });
  const get = async (operation: string, url: string, parts: RequestParts = {}) => {
    const use = (hc: Parameters<Parameters<typeof sdk.call<object>>[0]['use']>[0]) =>
      hc.sendRequest<object>(requestOf('GET', url, parts));
    const { answer, requestId } = await sdk.call<object>({ operation, kind: 'read', use });
    return { fields: fieldsOf(answer), requestId };
  };
  const list = async (
    operation: string,
    name: string,
    url: string,
    parts?: RequestParts,
  ): Promise<readonly Fields[]> => {
    const { fields, requestId } = await get(operation, url, parts);
    const rows = fields[name] === undefined ? undefined : objectsOf(fields[name]);
    if (rows !== undefined) return rows;
    throw unusableAnswer('IAM', operation, 'not_a_list', `the answer has no list ${name}`, requestId);
  };
  const idsOf = async (operation: string, url: string, path: Readonly<Record<string, string>>): Promise<string[]> => {
    const rows = await list(operation, 'roles', url, { path });
    return rows.map(({ id }) => textOf(id)).filter((id) => id !== undefined);
  };

  return {
    async findAccountId() {
      const operation = 'KeystoneListAuthDomains';
      const [first] = await list(operation, 'domains', '/v3/auth/domains');
      const id = textOf(first?.['id']);
      if (id !== undefined) return id;
      throw unusableAnswer('IAM', operation, 'no_account', 'the answer names no account');
    },

    async findAgency(accountId, name) {
      const query = { domain_id: accountId, name };
      const rows = await list('ListAgencies', 'agencies', '/v3.0/OS-AGENCY/agencies', { query });
      const row = rows.find((candidate) => candidate['name'] === name);
      const id = textOf(row?.['id']);
      if (row === undefined || id === undefined) return undefined;
      return withoutAbsent({
        id,
        name,
        trusts: textOf(row['trust_domain_name']),
        expiresAt: textOf(row['expire_time']),
      });
    },

    async listGrants(accountId, agencyId, projectId) {
      const agency_id = checkPathId('IAM', 'ListProjectPermissionsForAgency', agencyId);
      const domain_id = checkPathId('IAM', 'ListDomainPermissionsForAgency', accountId);
      const project_id = checkPathId('IAM', 'ListProjectPermissionsForAgency', projectId);
      const inAccount = { domain_id, agency_id };
      return {
        project: await idsOf(
          'ListProjectPermissionsForAgency',
          '/v3.0/OS-AGENCY/projects/{project_id}/agencies/{agency_id}/roles',
          { project_id, agency_id },
        ),
        global: await idsOf(
          'ListDomainPermissionsForAgency',
          '/v3.0/OS-AGENCY/domains/{domain_id}/agencies/{agency_id}/roles',
          inAccount,
        ),
        everywhere: await idsOf(
          'ListAllProjectsPermissionsForAgency',
          '/v3.0/OS-INHERIT/domains/{domain_id}/agencies/{agency_id}/roles/inherited_to_projects',
          inAccount,
        ),
      };
    },

    async showPermission(id) {
      const operation = 'KeystoneShowPermission';
      const path = { role_id: checkPathId('IAM', operation, id) };
      const absent = { codes: ['IAM.0004'], or404: true };
      const answered = await unlessAbsent(get(operation, '/v3/roles/{role_id}', { path }), absent);
      return answered && readPermission(id, fieldsOf(answered.fields['role']));
    },
  };
}

function readPermission(id: string, role: Fields): Permission {
  const policy = fieldsOf(role['policy']);
  return {
    id,
    name: textOf(role['display_name']) ?? textOf(role['name']) ?? id,
    version: textOf(policy['Version']) ?? '',
    statements: (objectsOf(policy['Statement']) ?? []).map((statement) => ({
      effect: textOf(statement['Effect']) ?? '',
      actions: Array.isArray(statement['Action']) ? statement['Action'].map(String) : [],
      isLimited: ['Resource', 'Condition'].some((key) => isGiven(statement[key])),
    })),
  };
}

/** The service writes what was left out as `null`, an empty object or an empty list. */
function isGiven(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && !value.includes('*');
  return Object.keys(fieldsOf(value)).length > 0;
}
