import type { CloudEvent } from '../../../packages/local-cloud/src/cloud/operation.ts';
import type { LocalMessage } from '../../../packages/local-cloud/src/cloud/smn/topics.ts';
import type { MessageRow } from '../wire-system.ts';

/** Maximum number of messages that a page shows; the command line shows the others. */
const MAX_ROWS = 200;

/** The messages that were published to topics of the local cloud. */
export class MessageRows {
  readonly #messages: () => readonly LocalMessage[];
  #sent: number;
  #isTouched = false;

  /** @param messages all of them, oldest first */
  constructor(messages: () => readonly LocalMessage[]) {
    this.#messages = messages;
    this.#sent = messages().length;
  }

  /** Oldest first, the newest 200. */
  rows(): MessageRow[] {
    return this.#messages().slice(-MAX_ROWS).map(rowOf);
  }

  observe({ kind }: CloudEvent): void {
    if (kind === 'message_published') this.#isTouched = true;
  }

  /** @returns those published since the last refresh, at most the newest 200 */
  refresh(): MessageRow[] {
    if (!this.#isTouched) return [];
    this.#isTouched = false;
    const all = this.#messages();
    const fresh = all.slice(this.#sent).slice(-MAX_ROWS);
    this.#sent = all.length;
    return fresh.map(rowOf);
  }
}

function rowOf({ id, topicUrn, subject, message, publishedAt }: LocalMessage): MessageRow {
  return { id, at: new Date(publishedAt).toISOString(), topic: topicUrn, subject, text: message };
}
