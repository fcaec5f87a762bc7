import type { ActionReview } from '../action-review.ts';
import { DCS_LIVE_CHECK, DCS_PERMISSIONS } from '../dcs-review.ts';

export const onlineMigrationReview: ActionReview = {
  permissions: [DCS_PERMISSIONS],
  live: DCS_LIVE_CHECK,
  liveCheckFields: ['configure'],
  writes: ['configure', 'target_instance'],
};
