import type { CreatedTask } from '../../lib/ports/created-task.ts';
import type { SmsService, SmsTask } from '../../lib/ports/sms.ts';

type Body = Readonly<Record<string, unknown>>;

/** SMS in memory: keeps the tasks it created, by source server. */
export class FakeSms implements SmsService {
  readonly tasks: (SmsTask & { readonly sourceServerId: string; readonly body: Body })[] = [];

  async createTask(body: Body): Promise<CreatedTask> {
    const id = `sms-task-${this.tasks.length + 1}`;
    const sourceServerId = String((body['source_server'] as { id?: unknown } | undefined)?.id);
    this.tasks.push({ id, name: String(body['name']), state: 'READY', sourceServerId, body });
    return { id };
  }

  async listTasks(sourceServerId: string): Promise<SmsTask[]> {
    return this.tasks
      .filter((task) => task.sourceServerId === sourceServerId)
      .map(({ id, name, state }) => ({ id, name, state }));
  }
}
