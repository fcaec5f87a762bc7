import type { Jobs } from '../../jobs/job.ts';
import type { Settings } from '../../kernel/settings.ts';
import type { KnownSecrets } from './known-secrets.ts';

/** What an event is held against. */
export interface MatchContext {
  readonly jobs: Jobs;
  readonly settings: Pick<Settings, 'WEBHOOK_BASE_PATH'>;
  readonly secrets: Pick<KnownSecrets, 'secret' | 'isMadeUp'>;
}
