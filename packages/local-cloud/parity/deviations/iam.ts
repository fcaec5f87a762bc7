import { STRICTER_RULES } from '../../src/cloud/stricter.ts';
import { type Deviations, deviationOf } from '../deviation.ts';

const ROLES = ['KeystoneShowPermission', 'ListDomainPermissionsForAgency', 'ListProjectPermissionsForAgency'];

const TOKENS = ['KeystoneCreateAgencyToken', 'KeystoneCreateScopedToken', 'KeystoneCreateUserTokenByPassword'];

export const IAM_DEVIATIONS: Deviations = {
  requests: [
    ...STRICTER_RULES.filter(({ service }) => service === 'IAM').map(deviationOf),
    {
      operations: ['KeystoneCreateUserTokenByPasswordAndMfa'],
      fields: ['auth'],
      rule: 'always refused: no user has a virtual MFA device',
      source: 'local choice',
    },
    {
      operations: ['ListAgencies'],
      fields: ['page', 'per_page'],
      rule: 'must be used together',
      source: 'IAM API reference, iam_12_0001',
    },
    {
      operations: ['CreateTemporaryAccessKeyByAgency', 'KeystoneCreateAgencyToken'],
      fields: ['auth.identity.assume_role.domain_id', 'auth.identity.assume_role.domain_name'],
      rule: 'one of the two is mandatory',
      source: 'IAM API reference, iam_30_0002 and iam_04_0101',
    },
    {
      operations: TOKENS,
      fields: ['auth.scope.domain.id', 'auth.scope.domain.name'],
      rule: 'one of the two is mandatory',
      source: 'IAM API reference, iam_30_0001',
    },
  ],
  responses: [
    {
      operations: ['KeystoneListAuthDomains', 'KeystoneListAuthProjects', 'KeystoneShowCatalog'],
      fields: ['links.next', 'links.previous'],
      rule: 'null on the only page',
      source: 'example of the API page',
    },
    {
      operations: ['KeystoneListProjects', 'KeystoneShowProject'],
      fields: ['projects[].links.next', 'projects[].links.previous', 'project.links.next', 'project.links.previous'],
      rule: "null in the page's example",
      source: 'local choice',
    },
    {
      operations: ROLES,
      fields: ['flag', 'description_cn', 'links', 'policy.Depends', 'updated_time', 'created_time'].flatMap((name) => [
        `role.${name}`,
        `roles[].${name}`,
      ]),
      rule: 'only set for system roles, or for display; deployment compares actions',
      source: 'local choice',
    },
    {
      operations: ROLES,
      fields: ['Condition', 'Resource'].flatMap((name) => [
        `role.policy.Statement[].${name}`,
        `roles[].policy.Statement[].${name}`,
      ]),
      rule: 'only if the statement has one',
      source: 'IAM API reference, "Custom policies"',
    },
    {
      operations: ['KeystoneListRegions', 'KeystoneShowRegion'],
      fields: ['pt-br', 'es-us', 'es-es'].flatMap((name) => [`regions[].locales.${name}`, `region.locales.${name}`]),
      rule: 'only the names in Chinese and English',
      source: 'example of the API page',
    },
    {
      operations: ['KeystoneCreateScopedToken'],
      fields: ['token.user.OS-FEDERATION'],
      rule: 'there are no federated users',
      source: 'local choice',
    },
    {
      operations: ['ListAgencies', 'ShowAgency'],
      fields: ['agencies[].agency_urn', 'agency.agency_urn'],
      rule: 'nothing here reads it',
      source: 'local choice',
    },
  ],
};
