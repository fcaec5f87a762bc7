import { createHash, randomUUID } from 'node:crypto';
import { check } from '../check.ts';
import type { Answer, Call, Operation } from '../operation.ts';
import type { Refusal } from '../refusal.ts';
import type { FunctionGraphDeps } from './deps.ts';
import { urnOf, versionOf, withTriggers } from './functions.ts';
import type { FunctionRecord, TriggerRecord, TriggerType } from './records.ts';
import { refusals } from './refusals.ts';
import { canBeDisabled, readEventData, readTriggerType, triggerBody, triggerStatusBody } from './trigger-bodies.ts';
import { checkConflicts } from './trigger-conflicts.ts';
import { triggerView } from './wire.ts';

const UNKNOWN: Readonly<Record<TriggerType, () => Refusal>> = {
  TIMER: refusals.unknownTimerTrigger,
  OBS: refusals.unknownObsTrigger,
  EVENTGRID: refusals.unknownTrigger,
  SMN: refusals.unknownSmnTrigger,
  APIG: refusals.unknownApigTrigger,
  DEDICATEDGATEWAY: refusals.unknownApigTrigger,
};

const invalidField = (field: string, problem: string): Refusal => refusals.invalid(`${field}: ${problem}`);

/** Triggers: each belongs to a version or an alias of its function. */
export function triggerOperations(deps: FunctionGraphDeps): Operation[] {
  const { functions, clock } = deps;
  const view = (trigger: TriggerRecord) => triggerView(trigger, deps.gatewayUrl);
  const find = ({ account, params }: Call) => {
    const { record, urn } = functions.find(params['function_urn'] ?? '', account.projectId);
    versionOf(record, urn.qualifier);
    const qualifier = urn.qualifier || 'latest';
    return { record, qualifier, triggers: record.triggers.filter((trigger) => trigger.qualifier === qualifier) };
  };
  const findOne = (call: Call) => {
    const { record, triggers } = find(call);
    const type = readTriggerType(call.params['trigger_type_code'] ?? '');
    const trigger = triggers.find((candidate) => candidate.type === type && candidate.id === call.params['trigger_id']);
    if (trigger === undefined) throw UNKNOWN[type]();
    return { record, trigger };
  };
  const tell = (
    kind: 'trigger_created' | 'trigger_changed' | 'trigger_deleted',
    record: FunctionRecord,
    trigger: TriggerRecord,
  ) =>
    deps.onEvent({
      kind,
      service: 'FunctionGraph',
      id: trigger.id,
      name: `${record.name} ${trigger.type}`,
      status: trigger.status,
    });

  const create = async (call: Call): Promise<Answer> => {
    const body = check(triggerBody, call.body, invalidField);
    const type = readTriggerType(body.trigger_type_code);
    if (body.trigger_status === 'DISABLED' && !canBeDisabled(type))
      throw refusals.badTriggerStatus(`A trigger of type ${type} cannot be disabled.`);
    const sent = readEventData(type, body.event_data, deps.regionTimeZone);
    return functions.change(async () => {
      const { record, qualifier } = find(call);
      checkConflicts(record, { type, qualifier, data: sent }, functions.all());
      await checkSource(deps, type, sent);
      const id = randomUUID();
      const now = clock.now();
      const trigger: TriggerRecord = {
        id,
        type,
        status: body.trigger_status ?? 'ACTIVE',
        qualifier,
        data: answeredData(deps.region, record, type, id, sent),
        createdAt: now,
        modifiedAt: now,
        isGoing: false,
      };
      tell('trigger_created', record, trigger);
      return {
        record: withTriggers(record, [...record.triggers, trigger]),
        result: { status: 201, body: view(trigger) },
      };
    });
  };

  const update = async (call: Call): Promise<Answer> => {
    const { trigger_status: status } = check(triggerStatusBody, call.body, invalidField);
    return functions.change(async () => {
      const { record, trigger } = findOne(call);
      if (!canBeDisabled(trigger.type))
        throw refusals.badTriggerStatus(`A trigger of type ${trigger.type} cannot be disabled.`);
      const changed = { ...trigger, status, modifiedAt: clock.now() };
      tell('trigger_changed', record, changed);
      return {
        record: withTriggers(
          record,
          record.triggers.map((other) => (other === trigger ? changed : other)),
        ),
        result: { status: 200, body: view(changed) },
      };
    });
  };

  /** They go on for a while: only then is their place free. */
  const letGo = (record: FunctionRecord, going: readonly TriggerRecord[]): FunctionRecord => {
    const ids = new Set(going.map(({ id }) => id));
    clock.after(deps.triggerDeletionMs(), () => void forget(record, ids));
    for (const trigger of going) tell('trigger_deleted', record, trigger);
    return withTriggers(
      record,
      record.triggers.map((trigger) => (ids.has(trigger.id) ? { ...trigger, isGoing: true } : trigger)),
    );
  };
  const forget = async ({ projectId, ...record }: FunctionRecord, ids: ReadonlySet<string>): Promise<void> => {
    await functions
      .change(async () => {
        const { record: now } = functions.find(urnOf({ ...record, projectId }, ''), projectId);
        return {
          record: withTriggers(
            now,
            now.triggers.filter(({ id }) => !ids.has(id)),
          ),
          result: undefined,
        };
      })
      // The function is gone, and its triggers with it.
      .catch(() => undefined);
  };

  const remove = async (call: Call): Promise<Answer> =>
    functions.change(async () => {
      const { record, trigger } = findOne(call);
      if (trigger.isGoing) throw UNKNOWN[trigger.type]();
      return { record: letGo(record, [trigger]), result: { status: 204 } };
    });

  const removeAll = async (call: Call): Promise<Answer> =>
    functions.change(async () => {
      const { record, triggers } = find(call);
      return {
        record: letGo(
          record,
          triggers.filter(({ isGoing }) => !isGoing),
        ),
        result: { status: 204 },
      };
    });

  const root = '/v2/{project_id}/fgs/triggers/{function_urn}';
  const one = `${root}/{trigger_type_code}/{trigger_id}`;
  return [
    { name: 'CreateFunctionTrigger', method: 'POST', path: root, body: 'json', handle: create },
    {
      name: 'ListFunctionTriggers',
      method: 'GET',
      path: root,
      body: 'none',
      handle: (call) => ({ status: 200, body: find(call).triggers.map(view) }),
    },
    { name: 'BatchDeleteFunctionTriggers', method: 'DELETE', path: root, body: 'none', handle: removeAll },
    {
      name: 'ShowFunctionTrigger',
      method: 'GET',
      path: one,
      body: 'none',
      handle: (call) => ({ status: 200, body: view(findOne(call).trigger) }),
    },
    { name: 'UpdateTrigger', method: 'PUT', path: one, body: 'json', handle: update },
    { name: 'DeleteFunctionTrigger', method: 'DELETE', path: one, body: 'none', handle: remove },
  ];
}

/** Is there what it listens to? @throws {Refusal} */
async function checkSource(
  deps: FunctionGraphDeps,
  type: TriggerType,
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  if ((type === 'OBS' || type === 'EVENTGRID') && !(await deps.bucketExists(String(data['bucket']))))
    throw refusals.foreignBucket();
  if (type === 'SMN' && !deps.topicExists(String(data['topic_urn']))) throw refusals.unknownTopic();
}

/** More than was sent: the service adds ids, and to an API where it can be reached. */
function answeredData(
  region: string,
  record: FunctionRecord,
  type: TriggerType,
  id: string,
  sent: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (type === 'OBS') return { name: id, ...sent };
  if (type !== 'APIG' && type !== 'DEDICATEDGATEWAY') return sent;
  const host = sent['sl_domain'] ?? `${String(sent['group_id'])}.apig.${region}.huaweicloudapis.com`;
  return {
    ...sent,
    triggerid: id,
    api_id: createHash('md5').update(id).digest('hex'),
    api_name: sent['name'],
    sl_domain: host,
    invoke_url: `${String(sent['protocol']).toLowerCase()}://${String(host)}${String(sent['path'])}`,
    func_info: {
      function_urn: urnOf(record, 'latest'),
      invocation_type: 'sync',
      version: 'latest',
      ...(sent['func_info'] as object),
    },
  };
}
