import type { ActionKind, Target } from '../migrations/action.ts';

/** FunctionGraph's cron (seconds first, `CRON_TZ=` allowed) or a rate (`30m`, `1h`, `7d`). */
export type Schedule = { readonly cron: string } | { readonly rate: string };

/** What starts a job. At least one is there. */
export interface JobTriggers {
  readonly object_created?: { readonly bucket: string; readonly key: string };
  readonly schedule?: Schedule;
  readonly request?: { readonly accepts: readonly string[] };
}

/** A checked entry of `migrations.yml`. */
export interface Job {
  readonly name: string;
  readonly on: JobTriggers;
  readonly kind: ActionKind;
  /** The action's fields as the file has them: placeholders not filled, secrets as references, a target by its name. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The checked form of `migrations.yml`. */
export interface Jobs {
  readonly version: 1;
  readonly region: string;
  readonly timeZone?: string;
  readonly targets: ReadonlyMap<string, Target>;
  readonly jobs: ReadonlyMap<string, Job>;
}
