import type { TopicSubscription } from '../../../cloud/programs/topic-subscriptions.ts';
import type { Jobs } from '../../../jobs/job.ts';
import type { LiveFindings } from './live-findings.ts';

/** The subscriptions of a topic; `undefined` when there is no such topic. @throws {CloudError} */
export type ListSubscriptions = (topicUrn: string) => Promise<readonly TopicSubscription[] | undefined>;

/** Looks whether each topic is there, and somebody gets what is published to it. */
export async function lookAtTopics(list: ListSubscriptions, jobs: Jobs, found: LiveFindings): Promise<void> {
  const looked = new Map<string, Promise<readonly TopicSubscription[] | undefined>>();
  for (const { name, policies } of jobs.jobs.values()) {
    const urn = policies.notify?.smn;
    if (urn === undefined) continue;
    const path = ['jobs', name, 'notify', 'smn'];
    const asked = `SMN ListSubscriptionsByTopic of ${urn}`;
    const say = (message: string, advice: string) =>
      found.add({ level: 'problem', jobs: [name], path, asked, message, advice });
    const [, , region] = urn.split(':');
    if (region !== jobs.region) {
      say(`the topic is in ${region}, and is reached there only`, `take a topic of ${jobs.region}, the file's region`);
      continue;
    }
    const question = { jobs: [name], path, asked, needs: 'smn:topic:listSubscriptionsByTopic' };
    const answer = await found.ask(question, async () => {
      const known = looked.get(urn) ?? list(urn);
      looked.set(urn, known);
      return { subscriptions: await known };
    });
    if (!answer) continue;
    const { subscriptions } = answer;
    if (!subscriptions) say('there is no such topic', 'create it, or correct the URN');
    else if (!subscriptions.some(({ isConfirmed }) => isConfirmed)) {
      const had = subscriptions.length === 0 ? 'it has none' : `none of its ${subscriptions.length} is confirmed`;
      say(`nobody gets the messages: ${had}`, 'add a subscription; who gets it has to confirm it within 48 hours');
    }
  }
}
