import type { IamOptions } from '../iam.ts';
import { checkPathId } from '../transport/check-path-id.ts';
import { fieldsOf, objectsOf, withoutAbsent } from '../transport/read-fields.ts';
import { stringOf } from '../transport/read-response.ts';
import { type RequestParts, requestOf } from '../transport/request-of.ts';
import { makeSdkClient } from '../transport/sdk-client.ts';
import { unlessAbsent } from '../transport/unless-absent.ts';
import { unusableResponse } from '../transport/unusable-response.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Agency {
  readonly id: string;
  readonly name: string;
  /** Who may assume it: the name of an account, or of a service such as `op_svc_cff` (FunctionGraph). */
  readonly trusts?: string;
  /** As IAM writes it; absent if it never expires. */
  readonly expiresAt?: string;
}

/** A statement of a policy. */
export interface PolicyStatement {
  readonly effect: string;
  readonly actions: readonly string[];
  /** Whether it applies only to some resources or under some conditions. */
  readonly isLimited: boolean;
}

/** A role or a policy. */
export interface Permission {
  readonly id: string;
  readonly name: string;
  /** `1.1` for a policy, which its statements fully describe; `1.0` for a role, whose actions are service-specific names. */
  readonly version: string;
  readonly statements: readonly PolicyStatement[];
}

/** IDs of permissions, by the scope in which they were granted. */
interface Grants {
  /** In the project. */
  readonly project: readonly string[];
  /** For global services. */
  readonly global: readonly string[];
  /** In all projects. */
  readonly everywhere: readonly string[];
}

/** Reads agencies and their permissions. Each call throws only `CloudError`. */
export interface Agencies {
  /** The ID of the account that the keys belong to. */
  findAccountId(): Promise<string>;
  /** `undefined` when the account has no agency with exactly this name. Trust agencies of the newer IAM cannot be found. */
  findAgency(accountId: string, name: string): Promise<Agency | undefined>;
  listGrants(accountId: string, agencyId: string, projectId: string): Promise<Grants>;
  /** `undefined` when it does not exist. */
  showPermission(id: string): Promise<Permission | undefined>;
}

/**
 * IAM agencies over the official core; the generated client is not a dependency. Operations, paths and fields are those of the generated
 * `IamClient` (3.1.209) and of the API reference: iam_12_0001 (2025), iam_12_0014 (2024-07-30), iam_10_0002 (2025-12-27). All of them only read.
 *
 * @throws {ConfigError} when the keys are missing or the endpoint is malformed
 */
export function makeAgencies(options: IamOptions): Agencies {
  const sdk = makeSdkClient('IAM', options, options.domainId === undefined ? {} : { domainId: options.domainId });
  const get = async (operation: string, url: string, parts: RequestParts = {}) => {
    const use = (hc: Parameters<Parameters<typeof sdk.call<object>>[0]['use']>[0]) =>
      hc.sendRequest<object>(requestOf('GET', url, parts));
    const { response, requestId } = await sdk.call<object>({ operation, kind: 'read', use });
    return { fields: fieldsOf(response), requestId };
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
    throw unusableResponse('IAM', operation, 'not_a_list', `the response has no list ${name}`, requestId);
  };
  const idsOf = async (operation: string, url: string, path: Readonly<Record<string, string>>): Promise<string[]> => {
    const rows = await list(operation, 'roles', url, { path });
    return rows.map(({ id }) => stringOf(id)).filter((id) => id !== undefined);
  };

  return {
    async findAccountId() {
      const operation = 'KeystoneListAuthDomains';
      const [first] = await list(operation, 'domains', '/v3/auth/domains');
      const id = stringOf(first?.['id']);
      if (id !== undefined) return id;
      throw unusableResponse('IAM', operation, 'no_account', 'the response has no account');
    },

    async findAgency(accountId, name) {
      const query = { domain_id: accountId, name };
      const rows = await list('ListAgencies', 'agencies', '/v3.0/OS-AGENCY/agencies', { query });
      const row = rows.find((candidate) => candidate['name'] === name);
      const id = stringOf(row?.['id']);
      if (row === undefined || id === undefined) return undefined;
      return withoutAbsent({
        id,
        name,
        trusts: stringOf(row['trust_domain_name']),
        expiresAt: stringOf(row['expire_time']),
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
      const absent = { codes: ['IAM.0004'], any404: true };
      const result = await unlessAbsent(get(operation, '/v3/roles/{role_id}', { path }), absent);
      return result && readPermission(id, fieldsOf(result.fields['role']));
    },
  };
}

function readPermission(id: string, role: Fields): Permission {
  const policy = fieldsOf(role['policy']);
  return {
    id,
    name: stringOf(role['display_name']) ?? stringOf(role['name']) ?? id,
    version: stringOf(policy['Version']) ?? '',
    statements: (objectsOf(policy['Statement']) ?? []).map((statement) => ({
      effect: stringOf(statement['Effect']) ?? '',
      actions: Array.isArray(statement['Action']) ? statement['Action'].map(String) : [],
      isLimited: ['Resource', 'Condition'].some((key) => isGiven(statement[key])),
    })),
  };
}

/** The service writes omitted fields as `null`, an empty object or an empty list. */
function isGiven(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && !value.includes('*');
  return Object.keys(fieldsOf(value)).length > 0;
}
