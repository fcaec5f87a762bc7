import { checkPathId } from '../../lib/cloud/transport/check-path-id.ts';
import { CloudError } from '../../lib/kernel/errors.ts';
import type { EcsDisk, EcsServer, EcsService } from '../../lib/ports/ecs.ts';
import type { IamService } from '../../lib/ports/iam.ts';
import type { SmsServer, SmsServers, SmsTemplate } from '../../lib/ports/sms.ts';

/** Source servers and templates of SMS in memory. */
export class FakeSmsServers implements SmsServers {
  readonly servers = new Map<string, SmsServer>();
  readonly templates = new Map<string, SmsTemplate>();

  async showServer(id: string): Promise<SmsServer | undefined> {
    return this.servers.get(checkPathId('SMS', 'ShowServer', id));
  }

  async showTemplate(id: string): Promise<SmsTemplate | undefined> {
    return this.templates.get(checkPathId('SMS', 'ShowTemplate', id));
  }
}

/** ECS in memory. Disks come in order of device name. */
export class FakeEcs implements EcsService {
  readonly servers = new Map<string, EcsServer>();
  readonly disks = new Map<string, EcsDisk[]>();

  async showServer(id: string): Promise<EcsServer | undefined> {
    return this.servers.get(checkPathId('ECS', 'ShowServer', id));
  }

  async listDisks(serverId: string): Promise<EcsDisk[]> {
    const call = { service: 'ECS', operation: 'ListServerBlockDevices' } as const;
    if (!this.servers.has(checkPathId(call.service, call.operation, serverId))) {
      throw new CloudError({ ...call, outcome: 'rejected', temporary: false, status: 404 });
    }
    return [...(this.disks.get(serverId) ?? [])].sort((a, b) => (a.device < b.device ? -1 : 1));
  }
}

/** Projects by name. */
export class FakeIam implements IamService {
  readonly projects = new Map<string, string>();
  /** Names that were looked up. */
  readonly asked: string[] = [];

  async findProjectId(name: string): Promise<string | undefined> {
    this.asked.push(name);
    return this.projects.get(name);
  }
}
