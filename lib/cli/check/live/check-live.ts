import { cloud } from '../../../cloud/cloud.ts';
import { makeAgencies } from '../../../cloud/programs/agencies.ts';
import { makeLedgerBucket } from '../../../cloud/programs/ledger-bucket.ts';
import { listTopicSubscriptions } from '../../../cloud/programs/topic-subscriptions.ts';
import { endpointOf } from '../../../cloud/transport/endpoints.ts';
import type { Jobs } from '../../../jobs/job.ts';
import { neededActions } from '../../../jobs/needed-actions.ts';
import { ConfigError } from '../../../kernel/errors.ts';
import type { CloudParts } from '../../../platform/invocation.ts';
import type { Place } from '../../place.ts';
import { executionAgency } from './execution-agency.ts';
import { LiveFindings } from './live-findings.ts';
import { lookAtAgency } from './look-at-agency.ts';
import { lookAtBuckets } from './look-at-buckets.ts';
import { lookAtJobs } from './look-at-jobs.ts';
import { lookAtLedgerRules } from './look-at-ledger-rules.ts';
import { lookAtTopics } from './look-at-topics.ts';

/** What no call tells. */
export const NOT_CHECKED = [
  'quotas: no API tells how many migration tasks DCS takes, nor whether the machine of an online migration counts among the instances of its quota (ShowQuotaOfTenant)',
  'quotas: SMS takes 1,000 source servers and 100 migrations at a time for each account (FAQ), and has no call that tells what is left',
] as const;

/**
 * Asks the cloud about everything that the jobs need: instances and servers, buckets, topics, and the rights of the functions' agency. Makes
 * reading calls only.
 *
 * @param agency the name that was given; else that of `serverless.yml`
 * @throws {ConfigError} without keys, when the cloud does not know them, or the project can't be found
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
  await lookAtJobs({ services, jobs, region, projectId: parts.projectId() }, found);
  const ledger = settings.MIGRATIONS_LEDGER_FOLDER === undefined ? jobs.ledger : undefined;
  await lookAtBuckets(services, jobs, { withLedger: ledger !== undefined }, found);
  if (ledger) {
    const endpoint = endpointOf('OBS', region, settings);
    await lookAtLedgerRules(makeLedgerBucket({ ...common, ...ledger.obs, endpoint }), ledger, found);
  }
  const smn = {
    ...common,
    endpoint: endpointOf('SMN', region, settings),
    projectId: parts.projectId(),
  };
  await lookAtTopics((urn) => listTopicSubscriptions(smn, urn), jobs, found);
  const name = agency ?? (await executionAgency(place.folder));
  if (name === undefined) {
    found.add({
      level: 'unknown',
      jobs: [],
      path: [],
      asked: 'nothing',
      message: 'the agency of the functions is not known, and its rights were not looked at',
      advice: 'name it with --agency, or as provider.agency in serverless.yml',
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
  await lookAtAgency(iam, question, found);
  return found;
}

/** The project of the region where none is set. */
async function withProject(parts: CloudParts, found: LiveFindings): Promise<CloudParts> {
  if (parts.settings.HUAWEICLOUD_PROJECT_ID) return parts;
  const asked = `IAM KeystoneListProjects for ${parts.region}`;
  const needs = 'iam:projects:listProjects';
  const projectId = await found.ask({ jobs: [], path: [], asked, needs }, async () =>
    (await cloud.makeServices(parts).iam()).findProjectId(parts.region),
  );
  if (projectId !== undefined) return { ...parts, projectId: () => projectId };
  const why = found.all()[0]?.message ?? `IAM knows no project of ${parts.region} for these keys`;
  throw new ConfigError('environment', [{ path: ['HUAWEICLOUD_PROJECT_ID'], message: `must be set: ${why}` }]);
}
