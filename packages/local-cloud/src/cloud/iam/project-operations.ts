import { z } from 'zod';
import { check, queryObject } from '../check.ts';
import { makeOperation } from '../make-operation.ts';
import type { Account, Operation, OperationCall, OperationResponse } from '../operation.ts';
import { catalogOf } from './catalog.ts';
import { type Directory, domainName } from './directory.ts';
import { iamError } from './iam-error.ts';

const LINKS = { next: null, previous: null, self: '' };
const flag = z.enum(['true', 'false']).optional();
const pageNumber = z
  .string()
  .regex(/^[1-9]\d{0,8}$/)
  .optional();

/** Query of KeystoneListProjects (iam_06_0001); at most 5000 rows on a page. */
const projectsQuery = z.strictObject({
  domain_id: z.string().optional(),
  name: z.string().optional(),
  parent_id: z.string().optional(),
  enabled: flag,
  is_domain: flag,
  page: pageNumber,
  per_page: pageNumber.refine((value) => Number(value ?? 1) <= 5000, 'must be at most 5000'),
});

/** Projects, accounts, regions and the catalog of services. Every account has one project per pair of keys. */
export function projectOperations(directory: Directory): Operation[] {
  const { region } = directory;
  const projectsOf = ({ account }: OperationCall) => directory.projectsOf(account.domainId);
  return [
    makeOperation('KeystoneListProjects', 'GET', '/v3/projects', (call) => listProjects(directory, call)),
    makeOperation('KeystoneListAuthProjects', 'GET', '/v3/auth/projects', (call) =>
      ok({ links: LINKS, projects: projectsOf(call).map((account) => projectView(account, region)) }),
    ),
    makeOperation('KeystoneShowProject', 'GET', '/v3/projects/{project_id}', (call) => {
      const id = call.params['project_id'] ?? '';
      const found = directory.project(call.account.domainId, { id });
      if (found === undefined) throw iamError(404, 'IAM.0004', `Could not find project: ${id}.`);
      return ok({ project: projectView(found, region) });
    }),
    makeOperation('KeystoneListAuthDomains', 'GET', '/v3/auth/domains', ({ account }) =>
      ok({
        links: LINKS,
        domains: [
          { id: account.domainId, name: domainName(account), enabled: true, description: '', links: { self: '' } },
        ],
      }),
    ),
    makeOperation('KeystoneListRegions', 'GET', '/v3/regions', () =>
      ok({ links: LINKS, regions: [regionView(region)] }),
    ),
    makeOperation('KeystoneShowRegion', 'GET', '/v3/regions/{region_id}', ({ params }) => {
      const id = params['region_id'] ?? '';
      if (id !== region) throw iamError(404, 'IAM.0004', `Could not find region: ${id}.`);
      return ok({ region: regionView(region) });
    }),
    makeOperation('KeystoneShowCatalog', 'GET', '/v3/auth/catalog', (call) =>
      ok({ links: LINKS, catalog: catalogOf(call, call.account, region) }),
    ),
  ];
}

function listProjects(directory: Directory, { account, query }: OperationCall): OperationResponse {
  const wanted = check(projectsQuery, queryObject(query), (field, problem) =>
    iamError(400, 'IAM.0011', `Request parameter ${field} ${problem}.`),
  );
  const projects = directory
    .projectsOf(account.domainId)
    .map((owner) => projectView(owner, directory.region))
    .filter(
      (project) =>
        project.name === (wanted.name ?? project.name) &&
        project.domain_id === (wanted.domain_id ?? project.domain_id) &&
        project.parent_id === (wanted.parent_id ?? project.parent_id) &&
        wanted.enabled !== 'false' &&
        wanted.is_domain !== 'true',
    );
  const size = Number(wanted.per_page ?? 5000);
  const from = (Number(wanted.page ?? 1) - 1) * size;
  return ok({ links: LINKS, projects: projects.slice(from, from + size) });
}

function projectView(account: Account, region: string) {
  return {
    id: account.projectId,
    name: region,
    domain_id: account.domainId,
    parent_id: account.domainId,
    is_domain: false,
    enabled: true,
    description: '',
    links: { self: '' },
  };
}

function regionView(region: string) {
  return {
    id: region,
    type: 'public',
    description: '',
    parent_region_id: null,
    links: { self: '' },
    locales: { 'zh-cn': region, 'en-us': region },
  };
}

function ok(body: unknown): OperationResponse {
  return { status: 200, body };
}
