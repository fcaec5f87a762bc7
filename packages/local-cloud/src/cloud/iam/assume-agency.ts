import type { Account } from '../operation.ts';
import type { LocalAgencies } from './agencies.ts';
import { type Directory, domainName } from './directory.ts';
import { keystoneError } from './iam-error.ts';

/** How a request names an agency and the account that made it. */
export interface AgencyReference {
  readonly agency_name?: string | undefined;
  readonly xrole_name?: string | undefined;
  readonly domain_id?: string | undefined;
  readonly domain_name?: string | undefined;
}

/**
 * The account that an agency is of, for a caller that it trusts.
 *
 * @throws {ServiceError} 404 when the account has no such agency, 403 when it trusts another account or a service
 */
export function assumeAgency(
  { directory, agencies }: { readonly directory: Directory; readonly agencies: LocalAgencies },
  caller: Account,
  { agency_name, xrole_name, domain_id: id, domain_name: domain }: AgencyReference,
): { readonly account: Account; readonly name: string } {
  const name = agency_name ?? xrole_name ?? '';
  const account = directory.ofDomain({ id, name: domain });
  const agency = agencies.all().find((candidate) => candidate.name === name);
  if (account === undefined || agency === undefined) throw keystoneError(404, `Could not find agency: ${name}.`);
  if (agency.trusts !== domainName(caller))
    throw keystoneError(403, `The agency ${name} does not trust the account of the caller.`);
  return { account, name };
}
