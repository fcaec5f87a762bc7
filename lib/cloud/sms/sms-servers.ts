import type { CallCode } from '../../kernel/codes.ts';
import type { SmsCheck, SmsServer, SmsServers, SmsTemplate } from '../../ports/sms.ts';
import { makeClientCalls } from '../transport/client-call.ts';
import { textOf } from '../transport/read-answer.ts';
import { fieldsOf, isTrue, numberOf, objectsOf, withoutAbsent } from '../transport/read-fields.ts';
import { type Answered, makeSdkClient } from '../transport/sdk-client.ts';
import { unlessAbsent } from '../transport/unless-absent.ts';
import { unusableAnswer } from '../transport/unusable-answer.ts';
import type { SmsOptions } from './sms.ts';
import { loadSmsClient } from './sms-client.ts';
import { missingTemplateParts } from './sms-template-parts.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The source servers and templates of SMS, over the official SDK.
 *
 * Sizes of a source server are 64-bit integers. An answer with one that a JavaScript number can't hold is refused (`unknown`,
 * `inexact_number`; a retry does not help): a rounded size would be sent back as the layout of the target.
 *
 * @throws {ConfigError} when there are no keys, or endpoint or domain id are malformed
 */
export function makeSmsServers(options: SmsOptions): SmsServers {
  const sdk = makeSdkClient('SMS', options, options.domainId === undefined ? {} : { domainId: options.domainId });
  const sms = makeClientCalls('SMS', sdk, options.loadClient ?? loadSmsClient);

  return {
    async showServer(id) {
      const answered = await unlessAbsent(
        sms.one('read', 'ShowServer', id, (client, source_id) => client.showServer({ source_id }), {
          exactNumbers: true,
        }),
        { codes: ['SMS.7602'], or404: true },
      );
      return answered && readServer(answered);
    },

    async showTemplate(id) {
      const answered = await unlessAbsent(
        sms.one('read', 'ShowTemplate', id, (client, checked) => client.showTemplate({ id: checked })),
        { codes: ['SMS.7101'], or404: true },
      );
      return answered && readTemplate(answered);
    },
  };
}

function readServer({ answer, requestId, redact }: Answered<object>): SmsServer {
  const unusable = (code: CallCode, message: string) => unusableAnswer('SMS', 'ShowServer', code, message, requestId);
  const listOf = (of: Fields, name: string) => {
    const list = objectsOf(of[name]);
    if (list === undefined) throw unusable('not_a_list', `${name} in the answer is no list of objects`);
    return list;
  };
  const fields = fieldsOf(answer);
  const id = textOf(fields['id']);
  if (id === undefined) throw unusable('no_server', 'the answer has no id');
  const init = fieldsOf(fields['init_target_server']);
  const task = fieldsOf(fields['current_task']);
  const taskId = textOf(task['id']);

  return withoutAbsent({
    id,
    name: textOf(fields['name']) ?? '',
    hostname: textOf(fields['hostname']),
    osType: textOf(fields['os_type']) ?? '',
    state: textOf(fields['state']) ?? '',
    connected: isTrue(fields['connected']),
    firmware: textOf(fields['firmware']),
    initTargetServer: { disks: listOf(init, 'disks'), volumeGroups: listOf(init, 'volume_groups') },
    disks: listOf(fields, 'disks'),
    volumeGroups: listOf(fields, 'volume_groups'),
    btrfsList: listOf(fields, 'btrfs_list'),
    currentTask:
      taskId === undefined
        ? undefined
        : { id: taskId, name: textOf(task['name']) ?? '', state: textOf(task['state']) ?? '' },
    checks: listOf(fields, 'checks').map((check) => readCheck(check, redact)),
  });
}

function readCheck(check: Fields, redact: (text: string) => string): SmsCheck {
  const parts = [check['error_code'], check['error_or_warn'], check['error_params']].map(textOf);
  const message = parts.filter((part) => part !== undefined).join(' ');
  return {
    name: textOf(check['name']) ?? '',
    result: textOf(check['result']) ?? '',
    ...(message !== '' && { message: redact(message) }),
  };
}

/** The answer also has the target's `target_password`, which is left where it is. */
function readTemplate({ answer, requestId }: Answered<object>): SmsTemplate {
  const template = fieldsOf(fieldsOf(answer)['template']);
  const id = textOf(template['id']);
  const disks = objectsOf(template['disk']);
  if (id === undefined || disks === undefined) {
    const message = 'the answer has no template with an id and a list of disks';
    throw unusableAnswer('SMS', 'ShowTemplate', 'no_template', message, requestId);
  }
  return withoutAbsent({
    id,
    name: textOf(template['name']) ?? '',
    region: textOf(template['region']),
    projectId: textOf(template['projectid']),
    targetServerName: textOf(template['target_server_name']),
    hasPublicIp: Object.keys(fieldsOf(template['publicip'])).length > 0,
    disks: disks
      .map((disk, at) => ({ index: numberOf(disk['index']) ?? at, sizeGb: numberOf(disk['size']) ?? 0 }))
      .sort((a, b) => a.index - b.index)
      .map(({ sizeGb }) => ({ sizeGb })),
    incomplete: missingTemplateParts(template),
  });
}
