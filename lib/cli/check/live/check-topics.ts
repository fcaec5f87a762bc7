import type { TopicSubscription } from '../../../cloud/programs/topic-subscriptions.ts';
import type { Jobs } from '../../../jobs/job.ts';
import type { LiveFindings } from './live-findings.ts';

/** The subscriptions of a topic; `undefined` if there is no such topic. @throws {CloudError} */
export type ListSubscriptions = (topicUrn: string) => Promise<readonly TopicSubscription[] | undefined>;

/** Checks that each topic exists, and has a confirmed subscription. */
export async function checkTopics(list: ListSubscriptions, jobs: Jobs, found: LiveFindings): Promise<void> {
  const listings = new Map<string, Promise<readonly TopicSubscription[] | undefined>>();
  for (const { name, policies } of jobs.jobs.values()) {
    const urn = policies.notify?.smn;
    if (urn === undefined) continue;
    const path = ['jobs', name, 'notify', 'smn'];
    const asked = `SMN ListSubscriptionsByTopic of ${urn}`;
    const report = (message: string, advice: string) =>
      found.add({ level: 'problem', jobs: [name], path, asked, message, advice });
    const [, , region] = urn.split(':');
    if (region !== jobs.region) {
      report(
        `the topic is in ${region}, and can only be reached there`,
        `use a topic in ${jobs.region}, the file's region`,
      );
      continue;
    }
    const question = { jobs: [name], path, asked, needs: 'smn:topic:listSubscriptionsByTopic' };
    const checked = await found.ask(question, async () => {
      const known = listings.get(urn) ?? list(urn);
      listings.set(urn, known);
      return { subscriptions: await known };
    });
    if (!checked) continue;
    const { subscriptions } = checked;
    if (!subscriptions) report('no such topic', 'create it, or correct the URN');
    else if (!subscriptions.some(({ isConfirmed }) => isConfirmed)) {
      const had =
        subscriptions.length === 0
          ? 'no subscriptions'
          : `none of its ${subscriptions.length} subscriptions is confirmed`;
      report(
        `nobody receives the messages: ${had}`,
        'add a subscription; its recipient must confirm it within 48 hours',
      );
    }
  }
}
