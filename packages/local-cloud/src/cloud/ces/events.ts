import { randomUUID } from 'node:crypto';

/** A custom event, as reported. */
export interface ReportedEvent {
  readonly event_name: string;
  readonly event_source: string;
  /** Epoch ms. */
  readonly time: number;
  readonly detail: Readonly<Record<string, unknown>> & {
    readonly content?: string | undefined;
    readonly event_state: string;
    readonly event_level: string;
  };
}

export interface KeptEvent extends ReportedEvent {
  readonly id: string;
}

/** The fields of `detail` that distinguish events (Reporting Events, 2025-09-09). */
const IDENTITY = [
  'event_type',
  'sub_event_type',
  'event_state',
  'event_level',
  'event_user',
  'resource_id',
  'resource_name',
];

/** The custom events of a project. Events that agree in all identifying fields are one event. */
export class Events {
  readonly #events = new Map<string, KeptEvent>();

  /** `isNew`: it was not reported before. */
  add(project: string, event: ReportedEvent): { readonly event: KeptEvent; readonly isNew: boolean } {
    const { event_name: name, event_source: source, time, detail } = event;
    const key = JSON.stringify([project, name, source, time, ...IDENTITY.map((field) => detail[field])]);
    const known = this.#events.get(key);
    if (known) return { event: known, isNew: false };
    const kept = { ...event, id: `ev${randomUUID().replaceAll('-', '').slice(0, 22)}` };
    this.#events.set(key, kept);
    return { event: kept, isNew: true };
  }

  /** Of one project, or all; oldest report first. */
  all(project?: string): KeptEvent[] {
    return [...this.#events].flatMap(([key, event]) =>
      project === undefined || JSON.parse(key)[0] === project ? [event] : [],
    );
  }
}
