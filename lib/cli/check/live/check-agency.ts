import type { Agencies, Permission } from '../../../cloud/programs/agencies.ts';
import type { NeededAction } from '../../../jobs/needed-actions.ts';
import type { GrantScope } from '../../../migrations/permission-row.ts';
import { type Access, evaluateAccess, type Granted } from './evaluate-access.ts';
import type { LiveFindings, LiveLevel } from './live-findings.ts';

/** FunctionGraph's name in agencies (terraform-provider-huaweicloud, examples of huaweicloud_identity_agency, 2025). */
const FUNCTIONGRAPH = 'op_svc_cff';
const NEEDS = 'iam:agencies:listAgencies, iam:permissions:listRolesForAgency and iam:roles:getRole';
const WHERE: Readonly<Record<GrantScope, string>> = {
  project: "in the region's project",
  global: 'for global services',
  either: 'for global services, or in the project',
};

export interface AgencyToCheck {
  readonly name: string;
  readonly projectId: string;
  readonly accountId: () => Promise<string>;
  readonly needed: readonly NeededAction[];
}

/** Checks that the functions' agency exists, trusts FunctionGraph, and has all permissions that the jobs need. */
export async function checkAgency(iam: Agencies, question: AgencyToCheck, found: LiveFindings): Promise<void> {
  const { name, projectId, accountId, needed } = question;
  const about = { jobs: [], path: [], asked: `IAM ListAgencies for ${name}` };
  const report = (level: LiveLevel, message: string, advice: string, jobs: readonly string[] = []) =>
    found.add({ ...about, level, jobs, message: `agency ${name}: ${message}`, advice });
  const checked = await found.ask({ ...about, needs: NEEDS }, async () => {
    const account = await accountId();
    return { account, agency: await iam.findAgency(account, name) };
  });
  if (!checked) return;
  const { account, agency } = checked;
  if (!agency) {
    const advice = `create an agency for the cloud service FunctionGraph, or name another with --agency; a trust agency of the newer IAM cannot be seen here`;
    report('problem', 'not found', advice);
    return;
  }
  if (agency.trusts === undefined)
    report('unknown', 'IAM does not return whom it trusts', `it must be ${FUNCTIONGRAPH}`);
  else if (agency.trusts !== FUNCTIONGRAPH) {
    const advice = `change it to the cloud service FunctionGraph (${FUNCTIONGRAPH}): otherwise the functions get no keys`;
    report('problem', `it trusts ${agency.trusts}`, advice);
  }
  if (agency.expiresAt !== undefined)
    report('warning', `it expires at ${agency.expiresAt}`, 'give it unlimited validity');
  const asked = `IAM permissions of agency ${name}`;
  const granted = await found.ask({ ...about, asked, needs: NEEDS }, () =>
    readGranted(iam, account, agency.id, projectId),
  );
  if (!granted) return;
  for (const { action, scope, reasons, jobs } of byAction(needed)) {
    const right = evaluateAccess(action, scope, granted);
    const level = LEVELS[right.is];
    if (level === undefined) continue;
    report(
      level,
      `${describe(right, scope)} ${action}, which is needed to ${reasons.join('; to ')}`,
      adviceFor(right, action, scope),
      jobs,
    );
  }
}

async function readGranted(iam: Agencies, account: string, agency: string, project: string): Promise<Granted> {
  const grants = await iam.listGrants(account, agency, project);
  const known = new Map<string, Permission | undefined>();
  for (const id of new Set(Object.values(grants).flat())) known.set(id, await iam.showPermission(id));
  const of = (ids: readonly string[]) =>
    ids.map((id) => known.get(id)).filter((permission) => permission !== undefined);
  return { project: of(grants.project), global: of(grants.global), everywhere: of(grants.everywhere) };
}

/** Groups reasons and jobs by action. */
function byAction(needed: readonly NeededAction[]) {
  const actions = [...new Set(needed.map(({ action }) => action))];
  return actions.flatMap((action) => {
    const rows = needed.filter((row) => row.action === action);
    const [first] = rows;
    if (!first) return [];
    const reasons = [...new Set(rows.map(({ reason }) => reason))];
    return [{ action, scope: first.scope, reasons, jobs: [...new Set(rows.flatMap(({ jobs }) => jobs))] }];
  });
}

const LEVELS: Readonly<Record<Access['is'], LiveLevel | undefined>> = {
  allowed: undefined,
  limited: 'warning',
  untold: 'unknown',
  denied: 'problem',
  elsewhere: 'problem',
  missing: 'problem',
};

function describe({ is, by }: Access, scope: GrantScope): string {
  switch (is) {
    case 'denied':
      return `${by.join(', ')} denies`;
    case 'limited':
      return `${by.join(', ')} limits, to some resources or conditions,`;
    case 'untold':
      return `it is unknown whether ${by.join(', ')} allows`;
    case 'elsewhere':
      return `${by.join(', ')} is not granted ${WHERE[scope]}, so it does not allow`;
    default:
      return 'no policy allows';
  }
}

function adviceFor({ is, by }: Access, action: string, scope: GrantScope): string {
  switch (is) {
    case 'denied':
      return `remove ${action} from the Deny of ${by.join(', ')}`;
    case 'limited':
      return 'check that they cover what the jobs use';
    case 'untold':
      return 'system-defined roles do not list their actions: use policies instead (npx migrations check --policy prints them)';
    case 'elsewhere':
      return `grant ${by.join(', ')} to the agency ${WHERE[scope]} as well`;
    default:
      return `grant the agency a policy that allows it, ${WHERE[scope]} (npx migrations check --policy prints the minimum)`;
  }
}
