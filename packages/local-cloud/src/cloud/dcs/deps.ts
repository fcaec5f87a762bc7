import type { Clock } from '../clock.ts';
import type { Assumed } from '../open-questions/assumptions.ts';
import type { Scripts } from '../scripts.ts';
import type { Backups } from './backups.ts';
import type { Instances } from './instances.ts';
import type { DcsTasks } from './tasks.ts';

export interface DcsDeps {
  readonly instances: Instances;
  readonly backups: Backups;
  readonly tasks: DcsTasks;
  readonly scripts: Scripts;
  readonly clock: Clock;
  readonly assumed: Assumed;
  readonly objectExists: (bucket: string, key: string) => boolean | Promise<boolean>;
}
