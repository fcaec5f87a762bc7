import type { CallCode } from '../../kernel/codes.ts';
import type { SmsCheck, SmsServer, SmsServers, SmsTemplate } from '../../ports/sms.ts';
import { makeClientCalls } from '../transport/client-call.ts';
import { fieldsOf, isTrue, numberOf, objectsOf, withoutAbsent } from '../transport/read-fields.ts';
import { stringOf } from '../transport/read-response.ts';
import { type CallResult, makeSdkClient } from '../transport/sdk-client.ts';
import { unlessAbsent } from '../transport/unless-absent.ts';
import { unusableResponse } from '../transport/unusable-response.ts';
import type { SmsOptions } from './sms.ts';
import { loadSmsClient } from './sms-client.ts';
import { missingTemplateParts } from './sms-template-parts.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The source servers and templates of SMS, over the official SDK.
 *
 * Sizes of a source server are 64-bit integers. A response with one that a JavaScript number can't represent exactly is refused (`unknown`,
 * `inexact_number`; a retry does not help): a rounded size would be sent back as the layout of the target.
 *
 * @throws {ConfigError} when the keys are missing, or the endpoint or the domain ID is malformed
 */
export function makeSmsServers(options: SmsOptions): SmsServers {
  const sdk = makeSdkClient('SMS', options, options.domainId === undefined ? {} : { domainId: options.domainId });
  const sms = makeClientCalls('SMS', sdk, options.loadClient ?? loadSmsClient);

  return {
    async showServer(id) {
      const result = await unlessAbsent(
        sms.one('read', 'ShowServer', id, (client, source_id) => client.showServer({ source_id }), {
          exactNumbers: true,
        }),
        { codes: ['SMS.7602'], any404: true },
      );
      return result && readServer(result);
    },

    async showTemplate(id) {
      const result = await unlessAbsent(
        sms.one('read', 'ShowTemplate', id, (client, checked) => client.showTemplate({ id: checked })),
        { codes: ['SMS.7101'], any404: true },
      );
      return result && readTemplate(result);
    },
  };
}

function readServer({ response, requestId, redact }: CallResult<object>): SmsServer {
  const unusable = (code: CallCode, message: string) => unusableResponse('SMS', 'ShowServer', code, message, requestId);
  const listOf = (of: Fields, name: string) => {
    const list = objectsOf(of[name]);
    if (list === undefined) throw unusable('not_a_list', `${name} in the response is not a list of objects`);
    return list;
  };
  const fields = fieldsOf(response);
  const id = stringOf(fields['id']);
  if (id === undefined) throw unusable('no_server', 'the response has no id');
  const init = fieldsOf(fields['init_target_server']);
  const task = fieldsOf(fields['current_task']);
  const taskId = stringOf(task['id']);

  return withoutAbsent({
    id,
    name: stringOf(fields['name']) ?? '',
    hostname: stringOf(fields['hostname']),
    osType: stringOf(fields['os_type']) ?? '',
    state: stringOf(fields['state']) ?? '',
    connected: isTrue(fields['connected']),
    firmware: stringOf(fields['firmware']),
    initTargetServer: { disks: listOf(init, 'disks'), volumeGroups: listOf(init, 'volume_groups') },
    disks: listOf(fields, 'disks'),
    volumeGroups: listOf(fields, 'volume_groups'),
    btrfsList: listOf(fields, 'btrfs_list'),
    currentTask:
      taskId === undefined
        ? undefined
        : { id: taskId, name: stringOf(task['name']) ?? '', state: stringOf(task['state']) ?? '' },
    checks: listOf(fields, 'checks').map((check) => readCheck(check, redact)),
  });
}

function readCheck(check: Fields, redact: (text: string) => string): SmsCheck {
  const parts = [check['error_code'], check['error_or_warn'], check['error_params']].map(stringOf);
  const message = parts.filter((part) => part !== undefined).join(' ');
  return {
    name: stringOf(check['name']) ?? '',
    result: stringOf(check['result']) ?? '',
    ...(message !== '' && { message: redact(message) }),
  };
}

/** The response also contains the target's `target_password`, which is not read. */
function readTemplate({ response, requestId }: CallResult<object>): SmsTemplate {
  const template = fieldsOf(fieldsOf(response)['template']);
  const id = stringOf(template['id']);
  const disks = objectsOf(template['disk']);
  if (id === undefined || disks === undefined) {
    const message = 'the response has no template with an id and a list of disks';
    throw unusableResponse('SMS', 'ShowTemplate', 'no_template', message, requestId);
  }
  return withoutAbsent({
    id,
    name: stringOf(template['name']) ?? '',
    region: stringOf(template['region']),
    projectId: stringOf(template['projectid']),
    targetServerName: stringOf(template['target_server_name']),
    hasPublicIp: Object.keys(fieldsOf(template['publicip'])).length > 0,
    disks: disks
      .map((disk, at) => ({ index: numberOf(disk['index']) ?? at, sizeGb: numberOf(disk['size']) ?? 0 }))
      .sort((a, b) => a.index - b.index)
      .map(({ sizeGb }) => ({ sizeGb })),
    incomplete: missingTemplateParts(template),
  });
}
