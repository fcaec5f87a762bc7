/** A message published to a topic. */
export interface LocalMessage {
  /** 32 hex digits. */
  readonly id: string;
  readonly topicUrn: string;
  readonly subject: string;
  readonly message: string;
  /** Epoch ms of the cloud's clock. */
  readonly publishedAt: number;
}

/** A subscription to a topic. */
export interface LocalSubscription {
  readonly protocol: string;
  readonly endpoint: string;
  /** 0: not confirmed, 1: confirmed, 3: cancelled. */
  readonly status: 0 | 1 | 3;
}

const DEFAULT_SUBSCRIPTIONS: readonly LocalSubscription[] = [
  { protocol: 'email', endpoint: 'people@example.com', status: 1 },
];

/** The topics of the local SMN and the messages published to them. */
export class Topics {
  readonly #subscriptions = new Map<string, readonly LocalSubscription[]>();
  readonly #messages: LocalMessage[] = [];

  constructor(urns: readonly string[]) {
    for (const urn of urns) this.set(urn);
  }

  set(urn: string, subscriptions: readonly LocalSubscription[] = DEFAULT_SUBSCRIPTIONS): void {
    this.#subscriptions.set(urn, subscriptions);
  }

  has(urn: string): boolean {
    return this.#subscriptions.has(urn);
  }

  /** `undefined` when the topic does not exist. */
  subscriptions(urn: string): readonly LocalSubscription[] | undefined {
    return this.#subscriptions.get(urn);
  }

  add(message: LocalMessage): void {
    this.#messages.push(message);
  }

  /** All messages so far, oldest first. */
  messages(): LocalMessage[] {
    return [...this.#messages];
  }
}
