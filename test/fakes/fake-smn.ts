import { CloudError } from '../../lib/kernel/errors.ts';
import type { SmnService } from '../../lib/ports/smn.ts';

const TOPIC = /^urn:smn:[a-z0-9-]+:[A-Za-z0-9_-]+:[A-Za-z0-9_-]+$/;

/** A topic that keeps what was published. */
export class FakeSmn implements SmnService {
  readonly published: { readonly topic: string; readonly subject: string; readonly message: string }[] = [];
  /** Number of calls, including failed ones. */
  calls = 0;
  /** How many of the next calls fail. */
  failing = 0;

  async publish(topic: string, subject: string, message: string): Promise<string> {
    this.calls += 1;
    const call = { service: 'SMN', operation: 'PublishMessage' } as const;
    if (!TOPIC.test(topic) || Buffer.byteLength(subject) > 512 || Buffer.byteLength(message) > 256 * 1024) {
      throw new CloudError({ ...call, outcome: 'not_sent', temporary: false, cloudCode: 'bad_message' });
    }
    if (this.failing > 0) {
      this.failing -= 1;
      throw new CloudError({ ...call, outcome: 'unknown', temporary: true, status: 500 });
    }
    this.published.push({ topic, subject, message });
    return `message-${this.published.length}`;
  }
}
