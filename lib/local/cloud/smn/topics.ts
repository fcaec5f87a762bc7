/** A message that was published to a topic. */
export interface LocalMessage {
  /** 32 hex digits. */
  readonly id: string;
  readonly topicUrn: string;
  readonly subject: string;
  readonly message: string;
  /** Epoch ms of the cloud's clock. */
  readonly publishedAt: number;
}

/** The topics of the local SMN, and what was published to them. */
export class Topics {
  readonly #urns: Set<string>;
  readonly #messages: LocalMessage[] = [];

  constructor(urns: readonly string[]) {
    this.#urns = new Set(urns);
  }

  set(urn: string): void {
    this.#urns.add(urn);
  }

  has(urn: string): boolean {
    return this.#urns.has(urn);
  }

  keep(message: LocalMessage): void {
    this.#messages.push(message);
  }

  /** All messages so far, oldest first. */
  messages(): LocalMessage[] {
    return [...this.#messages];
  }
}
