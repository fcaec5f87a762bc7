import type { DcsSettings } from './dcs/deps.ts';

/** How the cloud behaves, and may behave otherwise from one moment to the next. */
export interface CloudSettings {
  /** How long a new task takes to show in a list: ms of the clock. */
  readonly listDelayMs: number;
  /** The services' own time is so many ms ahead of `signatureTime`, or behind: signatures are compared with it, and the Date header shows it. */
  readonly clockSkewMs: number;
  readonly dcs: DcsSettings;
}

/** What is absent stays as it is. */
export type SettingsChange = Partial<Omit<CloudSettings, 'dcs'>> & { readonly dcs?: Partial<DcsSettings> };

/** The settings as they are now. */
export class CurrentSettings {
  #now: CloudSettings;

  constructor({ listDelayMs = 0, dcs }: SettingsChange) {
    this.#now = {
      listDelayMs,
      clockSkewMs: 0,
      dcs: { nameFilter: 'fuzzy', incrementalState: 'INCRMIGEATING', importFails: 'later', ...dcs },
    };
  }

  get now(): CloudSettings {
    return this.#now;
  }

  change({ dcs, ...changes }: SettingsChange): void {
    this.#now = { ...this.#now, ...changes, dcs: { ...this.#now.dcs, ...dcs } };
  }
}
