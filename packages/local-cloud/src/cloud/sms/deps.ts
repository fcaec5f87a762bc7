import type { Clock } from '../clock.ts';
import type { Servers } from '../ecs/servers.ts';
import type { Assumed } from '../open-questions/assumptions.ts';
import type { Scripts } from '../scripts.ts';
import type { Situations } from '../situations.ts';
import type { Sources } from './sources.ts';
import type { SmsTasks } from './tasks.ts';
import type { Templates } from './templates.ts';

export interface SmsDeps {
  readonly sources: Sources;
  readonly tasks: SmsTasks;
  readonly templates: Templates;
  /** The ECSs that can be the target of a task. */
  readonly servers: Servers;
  readonly scripts: Scripts;
  readonly situations: Situations;
  readonly clock: Clock;
  readonly assumed: Assumed;
  /** Whether logs can be uploaded to this bucket. */
  readonly bucketExists: (name: string) => Promise<boolean>;
}
