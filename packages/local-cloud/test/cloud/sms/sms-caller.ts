import type { LocalCloud } from '../../../src/cloud/local-cloud.ts';
import { call, type Reply } from '../caller.ts';

const DISK = {
  name: '/dev/vda',
  device_use: 'OS',
  size: 42949672960,
  used_size: 8589934592,
  physical_volumes: [{ name: '/dev/vda1', index: 0, file_system: 'ext4', mount_point: '/', size: 10, used_size: 4 }],
};

/** A task that SMS creates a target for, and that stays in sync. */
export const TASK = {
  name: 'mig_web01',
  type: 'MIGRATE_FILE',
  os_type: 'LINUX',
  source_server: { id: 'linux-1' },
  target_server: { name: 'web01', vm_id: '', disks: [DISK] },
  vm_template_id: 'template-1',
  exist_server: false,
  region_name: 'cn-south-1',
  region_id: 'cn-south-1',
  project_name: 'cn-south-1',
  project_id: 'p',
  syncing: true,
};

/** Calls of SMS, for tests. */
export class SmsCaller {
  readonly #cloud: () => LocalCloud;

  constructor(cloud: () => LocalCloud) {
    this.#cloud = cloud;
  }

  send(method: string, path: string, body?: unknown): Promise<Reply> {
    return call(this.#cloud(), method, `/v3/${path}`, body);
  }

  /** The body of a successful GET. */
  async read(path: string): Promise<Record<string, unknown>> {
    const { status, text, json } = await this.send('GET', path);
    if (status !== 200) throw new Error(text);
    return json;
  }

  /** The ID of a new task. */
  async create(changes: object = {}): Promise<string> {
    const { status, text, json } = await this.send('POST', 'tasks', { ...TASK, ...changes });
    if (status !== 200) throw new Error(text);
    return String(json['id']);
  }

  act(id: string, operation: string, more: object = {}): Promise<Reply> {
    return this.send('POST', `tasks/${id}/action`, { operation, ...more });
  }

  /** A task that has been copied and is SYNCING. */
  async syncing(changes: object = {}): Promise<string> {
    const id = await this.create({ auto_start: true, ...changes });
    this.#cloud().clock.advance(62_000);
    return id;
  }
}
