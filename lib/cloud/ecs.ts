import type { EcsDisk, EcsServer, EcsService } from '../ports/ecs.ts';
import { checkPathId } from './transport/check-path-id.ts';
import { textOf } from './transport/read-answer.ts';
import { fieldsOf, numberOf, objectsOf, withoutAbsent } from './transport/read-fields.ts';
import { requestOf } from './transport/request-of.ts';
import { type Answered, type CloudOptions, makeSdkClient } from './transport/sdk-client.ts';
import { unlessAbsent } from './transport/unless-absent.ts';
import { unusableAnswer } from './transport/unusable-answer.ts';

export interface EcsOptions extends CloudOptions {
  /** Part of every path, and sent as `X-Project-Id`. */
  readonly projectId: string;
}

/**
 * ECS over the official core; its generated client is no dependency. Operations, paths and fields are those of the generated `EcsClient`
 * (3.1.209): ShowServer and ListServerBlockDevices.
 *
 * @throws {ConfigError} when there are no keys, or endpoint or project id are malformed
 */
export function makeEcsService(options: EcsOptions): EcsService {
  const sdk = makeSdkClient('ECS', options, { projectId: options.projectId });
  const get = (operation: string, url: string, id: string) => {
    const path = { server_id: checkPathId('ECS', operation, id) };
    return sdk.call<object>({
      operation,
      kind: 'read',
      resource: id,
      use: (hc) => hc.sendRequest(requestOf('GET', url, { path })),
    });
  };

  return {
    async showServer(id) {
      const answered = await unlessAbsent(get('ShowServer', '/v1/{project_id}/cloudservers/{server_id}', id), {
        codes: [],
        or404: true,
      });
      return answered && readServer(answered);
    },

    async listDisks(serverId) {
      const url = '/v1/{project_id}/cloudservers/{server_id}/block_device';
      return readDisks(await get('ListServerBlockDevices', url, serverId));
    },
  };
}

function readServer({ answer, requestId }: Answered<object>): EcsServer {
  const server = fieldsOf(fieldsOf(answer)['server']);
  const id = textOf(server['id']);
  if (id === undefined) {
    throw unusableAnswer('ECS', 'ShowServer', 'no_server', 'the answer has no server with an id', requestId);
  }
  const addresses = Object.values(fieldsOf(server['addresses'])).flatMap((list) => objectsOf(list) ?? []);
  const ips = (type: string) =>
    addresses
      .filter((address) => address['OS-EXT-IPS:type'] === type)
      .flatMap(({ addr }) => (typeof addr === 'string' ? [addr] : []));
  // The image's property of this name; that the details of a server repeat it among its metadata is unconfirmed.
  const firmware = textOf(fieldsOf(server['metadata'])['hw_firmware_type'])?.toUpperCase();
  return withoutAbsent({
    id,
    name: textOf(server['name']) ?? '',
    status: textOf(server['status']) ?? '',
    fixedIps: ips('fixed'),
    floatingIps: ips('floating'),
    firmware: firmware === 'BIOS' || firmware === 'UEFI' ? firmware : undefined,
  });
}

function readDisks({ answer, requestId }: Answered<object>): EcsDisk[] {
  const unusable = (message: string) =>
    unusableAnswer('ECS', 'ListServerBlockDevices', 'not_a_list', message, requestId);
  // Unlike its neighbours, this answer has its names in camelCase.
  const rows = fieldsOf(answer)['volumeAttachments'];
  const attachments = rows === undefined ? undefined : objectsOf(rows);
  if (attachments === undefined) throw unusable('the answer has no list volumeAttachments');
  return attachments
    .map((row) => {
      const id = textOf(row['volumeId']) ?? textOf(row['id']);
      const device = textOf(row['device']);
      const sizeGb = numberOf(row['size']);
      if (id === undefined || device === undefined || sizeGb === undefined) {
        throw unusable('a disk in the answer has no id, device or size');
      }
      return { id, bootIndex: numberOf(row['bootIndex']) ?? -1, device, sizeGb };
    })
    .sort((a, b) => compareDevices(a.device, b.device));
}

/** `/dev/vdb` comes before `/dev/vdaa`. */
function compareDevices(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
