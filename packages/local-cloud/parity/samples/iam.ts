import { ACCOUNT } from '../account.ts';
import type { ParityCloud } from '../parity-cloud.ts';
import type { Sample, Samples } from '../sample.ts';
import { AGENCY, REGION } from '../seed.ts';

const DOMAIN = { id: ACCOUNT.domainId, name: ACCOUNT.domainName };
const SCOPE = { project: { id: ACCOUNT.projectId, name: REGION, domain: DOMAIN } };
const PASSWORD = {
  methods: ['password'],
  password: { user: { name: ACCOUNT.user?.name, password: ACCOUNT.user?.password, domain: DOMAIN } },
};

const DOMAINS = [{ id: ACCOUNT.domainId }, { name: ACCOUNT.domainName }];
const SCOPES = [SCOPE, ...DOMAINS.map((domain) => ({ domain }))];
const ASSUMED = [
  { agency_name: 'trusted', domain_name: ACCOUNT.domainName },
  { agency_name: 'trusted', domain_id: ACCOUNT.domainId },
];
const SESSION = { duration_seconds: 900, session_user: { name: 'operator' } };
const POLICY = {
  Version: '1.1',
  Statement: [{ Action: ['obs:object:GetObject'], Effect: 'Allow', Resource: ['obs:*:*:object:*'] }],
};

async function token(cloud: ParityCloud, scope: object = SCOPE): Promise<string> {
  const body = { auth: { identity: PASSWORD, scope } };
  const { headers } = await cloud.send('IAM', 'KeystoneCreateUserTokenByPassword', { body });
  return headers['x-subject-token'] ?? '';
}

function agencyToken(agency: object | undefined, scope: object): Sample {
  const identity = { methods: ['assume_role'], assume_role: agency };
  return () => ({ body: { auth: { identity, scope } }, values: { nocatalog: 'true' } });
}

export const IAM_SAMPLES: Samples = {
  KeystoneCreateScopedToken: SCOPES.map((scope) => async (cloud) => ({
    body: { auth: { identity: { methods: ['token'], token: { id: await token(cloud) } }, scope } },
    values: { nocatalog: 'true' },
  })),
  KeystoneCreateUserTokenByPassword: SCOPES.map((scope) => () => ({
    body: { auth: { identity: PASSWORD, scope } },
    values: { nocatalog: 'true' },
  })),
  KeystoneCreateUserTokenByPasswordAndMfa: () => ({
    body: {
      auth: {
        identity: {
          ...PASSWORD,
          methods: ['password', 'totp'],
          totp: { user: { id: 'operator', passcode: '123456' } },
        },
      },
    },
    isRefused: true,
  }),
  KeystoneListAuthDomains: () => ({}),
  KeystoneListAuthProjects: () => ({}),
  KeystoneListProjects: () => ({}),
  KeystoneListRegions: () => ({}),
  KeystoneShowCatalog: () => ({}),
  KeystoneShowPermission: () => ({ params: { role_id: 'p-dcs' } }),
  KeystoneShowProject: () => ({ params: { project_id: ACCOUNT.projectId } }),
  KeystoneShowRegion: () => ({ params: { region_id: REGION } }),
  KeystoneValidateToken: SCOPES.map((scope) => async (cloud) => ({
    headers: { 'X-Subject-Token': await token(cloud, scope) },
    values: { nocatalog: 'true' },
  })),
  ListAgencies: () => ({ query: { domain_id: ACCOUNT.domainId } }),
  ListAllProjectsPermissionsForAgency: () => ({ params: { agency_id: AGENCY } }),
  ListDomainPermissionsForAgency: () => ({ params: { agency_id: AGENCY } }),
  ListProjectPermissionsForAgency: () => ({ params: { agency_id: AGENCY } }),
  ShowAgency: () => ({ params: { agency_id: AGENCY } }),
  CreateTemporaryAccessKeyByAgency: ASSUMED.map((agency) => () => ({
    body: { auth: { identity: { methods: ['assume_role'], policy: POLICY, assume_role: { ...agency, ...SESSION } } } },
  })),
  CreateTemporaryAccessKeyByToken: async (cloud) => ({
    body: {
      auth: {
        identity: { methods: ['token'], policy: POLICY, token: { id: await token(cloud), duration_seconds: 900 } },
      },
    },
  }),
  KeystoneCreateAgencyToken: [
    ...ASSUMED.map((agency) => agencyToken(agency, SCOPE)),
    ...DOMAINS.map((domain) => agencyToken(ASSUMED[0], { domain })),
  ],
};
