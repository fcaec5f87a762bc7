import type { DcsSettings } from './dcs/deps.ts';

/** Settings for the cloud's behavior, which can be changed at any time. */
export interface CloudSettings {
  /** Delay before a new task appears in a list (ms of the cloud's clock). */
  readonly listDelayMs: number;
  /** Offset of the services' time from `signatureTime` in ms, positive or negative. Signatures are checked against it, and the Date header shows it. */
  readonly clockSkewMs: number;
  readonly dcs: DcsSettings;
}

/** Absent fields stay unchanged. */
export type SettingsChange = Partial<Omit<CloudSettings, 'dcs'>> & { readonly dcs?: Partial<DcsSettings> };

/** The current settings. */
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
