import { CloudError } from '../../lib/kernel/errors.ts';
import type { SmnService } from '../../lib/ports/smn.ts';

/** A topic that keeps what was published. */
export class FakeSmn implements SmnService {
  readonly published: { readonly topic: string; readonly subject: string; readonly message: string }[] = [];
  /** Calls, also those that failed. */
  calls = 0;
  /** So many of the next calls fail. */
  failing = 0;

  async publish(topic: string, subject: string, message: string): Promise<string> {
    this.calls += 1;
    if (this.failing > 0) {
      this.failing -= 1;
      throw new CloudError({
        service: 'SMN',
        operation: 'PublishMessage',
        outcome: 'unknown',
        temporary: true,
        status: 500,
      });
    }
    this.published.push({ topic, subject, message });
    return `message-${this.published.length}`;
  }
}
