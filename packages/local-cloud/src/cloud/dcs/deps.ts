import type { Clock } from '../clock.ts';
import type { Assumed } from '../open-questions/assumptions.ts';
import type { Scripts } from '../scripts.ts';
import type { Situations } from '../situations.ts';
import type { Backups } from './backups.ts';
import type { InstanceData } from './instance-data.ts';
import type { Instances } from './instances.ts';
import type { KeySpaces } from './key-spaces.ts';
import type { DcsTask } from './task.ts';
import type { DcsTasks } from './tasks.ts';
import type { WebCliSessions } from './web-cli-sessions.ts';

export interface DcsDeps {
  readonly instances: Instances;
  readonly backups: Backups;
  readonly tasks: DcsTasks;
  readonly keySpaces: KeySpaces;
  readonly instanceData: InstanceData;
  readonly sessions: WebCliSessions;
  readonly scripts: Scripts;
  readonly situations: Situations;
  /** Called when a task begins to work, which takes so many ms of documented time: its instances may be lost meanwhile. */
  readonly onWork: (task: DcsTask, ms: number) => void;
  readonly clock: Clock;
  readonly assumed: Assumed;
  readonly objectExists: (bucket: string, key: string) => boolean | Promise<boolean>;
  /** The content of an object; undefined if it is not known here. */
  readonly readObject: (bucket: string, key: string) => Promise<Buffer | undefined>;
}
