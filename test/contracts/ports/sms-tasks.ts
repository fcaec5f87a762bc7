import type { SmsFollow, SmsService } from '../../../lib/ports/sms.ts';
import { ABSENT } from './absent-id.ts';
import { refusesBadIds } from './refuses-bad-ids.ts';

export interface SmsTasksSubject {
  readonly sms: SmsService;
  readonly follow: SmsFollow;
  /** A source server of Linux without a task. */
  readonly source: string;
  /** The template of the target. */
  readonly template: string;
  readonly pass: (ms: number) => void;
}

const MINUTE = 60_000;

/** What tasks of SMS do, in the cloud and in its fakes. */
export function smsTasksPort(name: string, make: () => Promise<SmsTasksSubject>): void {
  describe(name, () => {
    let subject: SmsTasksSubject;
    let sms: SmsService;
    let follow: SmsFollow;
    beforeEach(async () => {
      subject = await make();
      ({ sms, follow } = subject);
    });

    const create = async () => {
      const disk = { name: '/dev/vda', size: 42949672960, used_size: 8589934592, physical_volumes: [] };
      const { id, error } = await sms.createTask({
        name: 'web_01',
        type: 'MIGRATE_FILE',
        os_type: 'LINUX',
        source_server: { id: subject.source },
        target_server: { name: 'web', vm_id: '', disks: [disk] },
        region_name: 'cn-south-1',
        region_id: 'cn-south-1',
        project_name: 'cn-south-1',
        project_id: '0123456789abcdef0123456789abcdef',
        vm_template_id: subject.template,
        exist_server: false,
        use_public_ip: false,
        auto_start: false,
      });
      expect(error).toBeUndefined();
      return id;
    };
    const running = async () => {
      const id = await create();
      await follow.updateTaskStatus(id, 'start');
      subject.pass(5_000);
      return id;
    };
    const ended = async () => {
      const id = await running();
      subject.pass(30 * MINUTE);
      return id;
    };
    const state = async (id: string) => (await follow.showTask(id))?.state;

    it('has no task before one is created', async () => {
      await expect(sms.listTasks(subject.source)).resolves.toEqual([]);
      await expect(follow.listAllTasks()).resolves.toEqual([]);
    });

    it('lists a task under its source server, and under no other', async () => {
      const row = { id: await create(), name: 'web_01', state: 'READY' };

      await expect(sms.listTasks(subject.source)).resolves.toEqual([row]);
      await expect(sms.listTasks(ABSENT)).resolves.toEqual([]);
      await expect(follow.listAllTasks()).resolves.toEqual([row]);
      await expect(follow.showTask(row.id)).resolves.toMatchObject(row);
    });

    it('creates nothing with a reference to a secret instead of the secret', async () => {
      const failed = sms.createTask({ name: 'web_01', target_password: { user_data: 'P' } });

      await expect(failed).rejects.toMatchObject({ outcome: 'not_sent', cloudCode: 'request_not_built' });
      await expect(follow.listAllTasks()).resolves.toEqual([]);
    });

    it('runs a started task, and reports its progress', async () => {
      const id = await running();

      const shown = await follow.showTask(id);
      expect(shown).toMatchObject({ state: 'RUNNING', subtask: expect.stringMatching(/./) });
      expect(shown?.progress).toBeGreaterThanOrEqual(0);
      expect(shown?.progress).toBeLessThanOrEqual(100);
    });

    it('completes a task without further calls', async () => {
      expect(await state(await ended())).toBe('MIGRATE_SUCCESS');
    });

    it('continues a stopped task when it is started again', async () => {
      const id = await running();
      await follow.updateTaskStatus(id, 'stop');
      subject.pass(MINUTE);
      expect(await state(id)).toBe('ABORT');

      await follow.updateTaskStatus(id, 'start');
      subject.pass(30 * MINUTE);
      expect(await state(id)).toBe('MIGRATE_SUCCESS');
    });

    it.each<[string, 'start' | 'stop', () => Promise<string>]>([
      ['refuses to stop a task that was not started', 'stop', () => create()],
      ['refuses to start a running task', 'start', () => running()],
      ['refuses to stop a task that has ended', 'stop', () => ended()],
    ])('%s', async (_, operation, make) => {
      await expect(follow.updateTaskStatus(await make(), operation)).rejects.toMatchObject({
        name: 'CloudError',
        outcome: 'rejected',
        temporary: false,
        cloudCode: 'SMS.9001',
      });
    });

    it('reports a missing task as missing in every call', async () => {
      await expect(follow.showTask(ABSENT)).resolves.toBeUndefined();
      await expect(follow.updateTaskStatus(ABSENT, 'start')).rejects.toMatchObject({
        name: 'CloudError',
        outcome: 'rejected',
        temporary: false,
        cloudCode: 'SMS.7703',
      });
    });

    refusesBadIds('ShowTask', (id) => follow.showTask(id));
    refusesBadIds('UpdateTaskStatus', (id) => follow.updateTaskStatus(id, 'stop'));
  });
}
