import type { ActionReview } from '../action-review.ts';
import { DCS_LOOK, DCS_PERMISSIONS } from '../dcs-review.ts';

export const onlineMigrationReview: ActionReview = {
  permissions: [DCS_PERMISSIONS],
  live: DCS_LOOK,
  deciding: ['configure'],
  writes: ['configure', 'target_instance'],
};
