import type { EcsDisk, EcsServer, EcsService } from '../ports/ecs.ts';
import { checkPathId } from './transport/check-path-id.ts';
import { fieldsOf, numberOf, objectsOf, withoutAbsent } from './transport/read-fields.ts';
import { stringOf } from './transport/read-response.ts';
import { requestOf } from './transport/request-of.ts';
import { type CallResult, type CloudOptions, makeSdkClient } from './transport/sdk-client.ts';
import { unlessAbsent } from './transport/unless-absent.ts';
import { unusableResponse } from './transport/unusable-response.ts';

export interface EcsOptions extends CloudOptions {
  /** Part of every path, and sent as `X-Project-Id`. */
  readonly projectId: string;
}

/**
 * ECS over the official core; its generated client is not a dependency. Operations, paths and fields are those of the generated `EcsClient`
 * (3.1.209): ShowServer and ListServerBlockDevices.
 *
 * @throws {ConfigError} when the keys are missing, or the endpoint or the project ID is malformed
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
      const result = await unlessAbsent(get('ShowServer', '/v1/{project_id}/cloudservers/{server_id}', id), {
        codes: [],
        any404: true,
      });
      return result && readServer(result);
    },

    async listDisks(serverId) {
      const url = '/v1/{project_id}/cloudservers/{server_id}/block_device';
      return readDisks(await get('ListServerBlockDevices', url, serverId));
    },
  };
}

function readServer({ response, requestId }: CallResult<object>): EcsServer {
  const server = fieldsOf(fieldsOf(response)['server']);
  const id = stringOf(server['id']);
  if (id === undefined) {
    throw unusableResponse('ECS', 'ShowServer', 'no_server', 'the response has no server with an id', requestId);
  }
  const addresses = Object.values(fieldsOf(server['addresses'])).flatMap((list) => objectsOf(list) ?? []);
  const ips = (type: string) =>
    addresses
      .filter((address) => address['OS-EXT-IPS:type'] === type)
      .flatMap(({ addr }) => (typeof addr === 'string' ? [addr] : []));
  // An image property; it is unconfirmed that server details repeat it in their metadata.
  const firmware = stringOf(fieldsOf(server['metadata'])['hw_firmware_type'])?.toUpperCase();
  return withoutAbsent({
    id,
    name: stringOf(server['name']) ?? '',
    status: stringOf(server['status']) ?? '',
    fixedIps: ips('fixed'),
    floatingIps: ips('floating'),
    firmware: firmware === 'BIOS' || firmware === 'UEFI' ? firmware : undefined,
  });
}

function readDisks({ response, requestId }: CallResult<object>): EcsDisk[] {
  const unusable = (message: string) =>
    unusableResponse('ECS', 'ListServerBlockDevices', 'not_a_list', message, requestId);
  // Unlike other responses, this one has its field names in camelCase.
  const rows = fieldsOf(response)['volumeAttachments'];
  const attachments = rows === undefined ? undefined : objectsOf(rows);
  if (attachments === undefined) throw unusable('the response has no list volumeAttachments');
  return attachments
    .map((row) => {
      const id = stringOf(row['volumeId']) ?? stringOf(row['id']);
      const device = stringOf(row['device']);
      const sizeGb = numberOf(row['size']);
      if (id === undefined || device === undefined || sizeGb === undefined) {
        throw unusable('a disk in the response has no id, device or size');
      }
      return { id, bootIndex: numberOf(row['bootIndex']) ?? -1, device, sizeGb };
    })
    .sort((a, b) => compareDevices(a.device, b.device));
}

/** `/dev/vdb` comes before `/dev/vdaa`. */
function compareDevices(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
