import type { Clock } from '../clock.ts';
import type { Scripts } from '../scripts.ts';
import type { Backups } from './backups.ts';
import type { InstanceData } from './instance-data.ts';
import type { Instances } from './instances.ts';
import type { KeySpaces } from './key-spaces.ts';
import type { DcsTasks } from './tasks.ts';
import type { WebCliSessions } from './web-cli-sessions.ts';

/** Behavior that is undocumented or documented inconsistently. */
export interface DcsSettings {
  /** Whether the `name` filter of the list matches parts of names. Not documented. @default 'fuzzy' */
  readonly nameFilter: 'fuzzy' | 'exact';
  /** The pages were corrected in 2025; live calls have returned the misspelled state since then. @default 'INCRMIGEATING' */
  readonly incrementalState: 'INCRMIGEATING' | 'INCRMIGRATING';
  /** When an import of a missing object fails: later, or already in the response of the create call (200, `status` FAILED, `error`). Not documented. @default 'later' */
  readonly importFails: 'later' | 'at_once';
}

export interface DcsDeps {
  readonly instances: Instances;
  readonly backups: Backups;
  readonly tasks: DcsTasks;
  readonly keySpaces: KeySpaces;
  readonly instanceData: InstanceData;
  readonly sessions: WebCliSessions;
  readonly scripts: Scripts;
  readonly clock: Clock;
  readonly settings: () => DcsSettings;
  readonly objectExists: (bucket: string, key: string) => boolean | Promise<boolean>;
  /** The content of an object; undefined if it is not known here. */
  readonly readObject: (bucket: string, key: string) => Promise<Buffer | undefined>;
}
