import type { Samples } from '../sample.ts';
import { TOPIC } from '../seed.ts';

export const SMN_SAMPLES: Samples = {
  ListSubscriptionsByTopic: () => ({ params: { topic_urn: TOPIC } }),
  PublishMessage: () => ({
    params: { topic_urn: TOPIC },
    body: { subject: 'task failed', message: 'restore-staging' },
  }),
};
