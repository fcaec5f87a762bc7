import type { Clock } from '../clock.ts';
import type { Scripts } from '../scripts.ts';
import type { Backups } from './backups.ts';
import type { Instances } from './instances.ts';
import type { DcsTasks } from './tasks.ts';

/** What is not documented, or is documented in two ways. */
export interface DcsSettings {
  /** Does the `name` of the list find parts of names? Not documented. @default 'fuzzy' */
  readonly nameFilter: 'fuzzy' | 'exact';
  /** The pages were corrected in 2025; live calls were seen to give the misspelt state after that. @default 'INCRMIGEATING' */
  readonly incrementalState: 'INCRMIGEATING' | 'INCRMIGRATING';
  /** When does an import of a missing object fail: later, or in the answer of the create call already (200, `status` FAILED, `error`)? Not documented. @default 'later' */
  readonly importFails: 'later' | 'at_once';
}

export interface DcsDeps {
  readonly instances: Instances;
  readonly backups: Backups;
  readonly tasks: DcsTasks;
  readonly scripts: Scripts;
  readonly clock: Clock;
  readonly settings: () => DcsSettings;
  readonly objectExists: (bucket: string, key: string) => boolean | Promise<boolean>;
}
