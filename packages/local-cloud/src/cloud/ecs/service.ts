import { makeOperation } from '../make-operation.ts';
import { namesOwnProject, type Operation, type OperationCall, type Service } from '../operation.ts';
import { ServiceError } from '../service-error.ts';
import type { LocalServer, LocalServerDisk, Servers } from './servers.ts';

/** The codes are from the error table (ECS API reference, "Error Codes"); an unknown server is Ecs.0114. */
function ecsError(status: number, code: string, message: string): ServiceError {
  return new ServiceError(status, { error_code: code, error_msg: message });
}

const forbidden = (what: string): ServiceError =>
  ecsError(403, 'Ecs.0003', `You do not have permission to perform this operation: ${what}.`);

/** The local ECS: what a caller needs to know about a server that is the target of a migration. */
export function makeEcsService(servers: Servers): Service {
  const serverOf = (call: OperationCall): LocalServer => {
    const id = call.params['server_id'] ?? '';
    const server = servers.find(id);
    if (server === undefined) throw ecsError(404, 'Ecs.0114', `Instance[${id}] could not be found.`);
    return server;
  };

  const operations: Operation[] = [
    makeOperation('ShowServer', 'GET', '/v1/{project_id}/cloudservers/{server_id}', (call) => ({
      status: 200,
      body: { server: serverDetail(serverOf(call), call.account.projectId) },
    })),
    makeOperation('ListServerBlockDevices', 'GET', '/v1/{project_id}/cloudservers/{server_id}/block_device', (call) => {
      const { id, disks } = serverOf(call);
      // Reversed, because no order is documented.
      const attached = disks.map((disk, place) => attachment(id, disk, place)).reverse();
      return {
        status: 200,
        body: {
          attachableQuantity: {
            free_scsi: 24 - disks.length,
            free_blk: 24 - disks.length,
            free_disk: 24 - disks.length,
          },
          volumeAttachments: attached,
        },
      };
    }),
  ];

  return {
    name: 'ECS',
    operations,
    authorize: (call) => {
      if (!namesOwnProject(call)) throw forbidden('the project does not match the credentials');
    },
    errors: {
      emptyBody: () => ecsError(400, 'Ecs.0005', 'The request body is empty.'),
      notJson: () => ecsError(400, 'Ecs.0005', 'The request body is not in JSON format.'),
      wrongMethod: undefined,
      forbidden,
      internal: (message) => ecsError(500, 'Ecs.0002', `A system exception occurred. ${message}`.trim()),
    },
    formatError: (code, message) => ({ error: { code, message } }),
  };
}

/** Response of ShowServer (data structure for querying details about ECSs). It has no documented boot mode, which belongs to the image. */
function serverDetail(server: LocalServer, projectId: string): Record<string, unknown> {
  const { fixedIps = ['192.168.0.25'], floatingIps = [] } = server;
  const vpcId = '5e37b3be-950a-48e1-b498-65b63d336481';
  const address = (type: string) => (addr: string) => ({
    version: '4',
    addr,
    'OS-EXT-IPS-MAC:mac_addr': 'fa:16:3e:df:18:6d',
    'OS-EXT-IPS:type': type,
    'OS-EXT-IPS:port_id': '23037c18-027a-44e5-b6b9-f8d8f113fe02',
  });
  return {
    id: server.id,
    name: server.name,
    status: server.status ?? 'ACTIVE',
    addresses: { [vpcId]: [...fixedIps.map(address('fixed')), ...floatingIps.map(address('floating'))] },
    flavor: { id: 's6.large.2', name: 's6.large.2', vcpus: '2', ram: '4096', disk: '0' },
    metadata: { vpc_id: vpcId, os_type: 'Linux', os_bit: '64', ...server.metadata },
    tenant_id: projectId,
    created: '2025-06-01T08:00:00Z',
    updated: '2025-06-01T08:05:00Z',
    security_groups: [{ id: '9df96622-24b7-4813-84b8-ab74552a21d7', name: 'default' }],
    'OS-EXT-STS:vm_state': 'active',
    'OS-EXT-STS:task_state': null,
    'OS-EXT-STS:power_state': 1,
    'OS-EXT-AZ:availability_zone': 'ap-southeast-3a',
    'os-extended-volumes:volumes_attached': server.disks.map((disk, place) => ({
      id: disk.id,
      delete_on_termination: 'false',
      bootIndex: String(disk.bootIndex ?? place),
      device: disk.device ?? deviceAt(place),
    })),
  };
}

function attachment(serverId: string, disk: LocalServerDisk, place: number): Record<string, unknown> {
  return {
    id: disk.id,
    volumeId: disk.id,
    serverId,
    size: disk.sizeGb,
    device: disk.device ?? deviceAt(place),
    bootIndex: disk.bootIndex ?? place,
    pciAddress: `0000:02:0${place + 1}.0`,
    bus: 'virtio',
  };
}

function deviceAt(place: number): string {
  return `/dev/vd${String.fromCharCode(97 + place)}`;
}
