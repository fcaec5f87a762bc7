import { cloud } from '../../../cloud/cloud.ts';
import { makeAgencies } from '../../../cloud/programs/agencies.ts';
import { makeLedgerBucket } from '../../../cloud/programs/ledger-bucket.ts';
import { showStoredSecret } from '../../../cloud/programs/stored-secret.ts';
import { listTopicSubscriptions } from '../../../cloud/programs/topic-subscriptions.ts';
import { endpointOf } from '../../../cloud/transport/endpoints.ts';
import type { Jobs } from '../../../jobs/job.ts';
import { neededActions } from '../../../jobs/needed-actions.ts';
import { ConfigError } from '../../../kernel/errors.ts';
import type { CloudParts } from '../../../platform/invocation.ts';
import type { Place } from '../../place.ts';
import { checkAgency } from './check-agency.ts';
import { checkBuckets } from './check-buckets.ts';
import { checkJobResources } from './check-job-resources.ts';
import { checkLifecycleRules } from './check-ledger-rules.ts';
import { checkSecrets } from './check-secrets.ts';
import { checkTopics } from './check-topics.ts';
import { executionAgency } from './execution-agency.ts';
import { LiveFindings } from './live-findings.ts';

/** What no API call returns. */
export const NOT_CHECKED = [
  'quotas: no API returns how many migration tasks DCS allows, nor whether the machine of an online migration counts towards the instance quota (ShowQuotaOfTenant)',
  'quotas: SMS allows 1,000 source servers and 100 simultaneous migrations per account (FAQ), and no API returns how many are left',
] as const;

/**
 * Checks all that the jobs need in the cloud: instances and servers, buckets, topics, secrets, and the permissions of the functions' agency. Makes
 * read-only calls.
 *
 * @param agency the given name; if absent, the one in `serverless.yml`
 * @throws {ConfigError} without keys, if the cloud does not accept them, or if the project can't be found
 */
export async function checkLive(
  place: Place,
  jobs: Jobs,
  agency: string | undefined,
  progress: (text: string) => void,
): Promise<LiveFindings> {
  const found = new LiveFindings(progress);
  const parts = await withProject(await place.cloudParts(), found);
  const services = cloud.makeServices(parts);
  const { settings, region, credentials, remainingMs } = parts;
  const common = { credentials: credentials(), remainingMs };
  await checkJobResources({ services, jobs, region, projectId: parts.projectId() }, found);
  const ledger = settings.MIGRATIONS_LEDGER_FOLDER === undefined ? jobs.ledger : undefined;
  await checkBuckets(services, jobs, { withLedger: ledger !== undefined }, found);
  if (ledger) {
    const endpoint = endpointOf('OBS', region, settings);
    await checkLifecycleRules(makeLedgerBucket({ ...common, ...ledger.obs, endpoint }), ledger, found);
  }
  const smn = {
    ...common,
    endpoint: endpointOf('SMN', region, settings),
    projectId: parts.projectId(),
  };
  await checkTopics((urn) => listTopicSubscriptions(smn, urn), jobs, found);
  const csms = { ...smn, endpoint: endpointOf('CSMS', region, settings) };
  await checkSecrets((secret) => showStoredSecret(csms, secret), jobs, found);
  const name = agency ?? (await executionAgency(place.folder));
  if (name === undefined) {
    found.add({
      level: 'unknown',
      jobs: [],
      path: [],
      asked: 'nothing',
      message: 'the agency of the functions is not known, so its permissions were not checked',
      advice: 'give it with --agency, or as provider.agency in serverless.yml',
    });
    return found;
  }
  const endpoint = endpointOf('IAM', region, settings);
  const { HUAWEICLOUD_DOMAIN_ID: domainId } = settings;
  const iam = makeAgencies({ ...common, endpoint, ...(domainId ? { domainId } : {}) });
  const question = {
    name,
    projectId: parts.projectId(),
    accountId: async () => domainId ?? iam.findAccountId(),
    needed: neededActions(jobs),
  };
  await checkAgency(iam, question, found);
  return found;
}

/** Looks up the region's project if none is set. */
async function withProject(parts: CloudParts, found: LiveFindings): Promise<CloudParts> {
  if (parts.settings.HUAWEICLOUD_PROJECT_ID) return parts;
  const asked = `IAM KeystoneListProjects for ${parts.region}`;
  const needs = 'iam:projects:listProjects';
  const projectId = await found.ask({ jobs: [], path: [], asked, needs }, async () =>
    (await cloud.makeServices(parts).iam()).findProjectId(parts.region),
  );
  if (projectId !== undefined) return { ...parts, projectId: () => projectId };
  const why = found.all()[0]?.message ?? `IAM returns no project of ${parts.region} for these keys`;
  throw new ConfigError('environment', [{ path: ['HUAWEICLOUD_PROJECT_ID'], message: `must be set: ${why}` }]);
}
