import { createHash, randomUUID } from 'node:crypto';
import { check } from '../check.ts';
import { makeOperation } from '../make-operation.ts';
import type { Operation, OperationCall, OperationResponse } from '../operation.ts';
import type { ServiceError } from '../service-error.ts';
import type { FunctionGraphDeps } from './deps.ts';
import { errors } from './errors.ts';
import { urnOf, versionOf, withTriggers } from './functions.ts';
import type { FunctionRecord, TriggerRecord, TriggerType } from './records.ts';
import { canBeDisabled, readEventData, readTriggerType, triggerBody, triggerStatusBody } from './trigger-bodies.ts';
import { checkConflicts } from './trigger-conflicts.ts';
import { triggerView } from './wire.ts';

const UNKNOWN: Readonly<Record<TriggerType, () => ServiceError>> = {
  TIMER: errors.unknownTimerTrigger,
  OBS: errors.unknownObsTrigger,
  EVENTGRID: errors.unknownTrigger,
  SMN: errors.unknownSmnTrigger,
  APIG: errors.unknownApigTrigger,
  DEDICATEDGATEWAY: errors.unknownApigTrigger,
};

const invalidField = (field: string, problem: string): ServiceError => errors.invalid(`${field}: ${problem}`);

/** Operations on triggers. Each trigger belongs to a version or an alias of its function. */
export function triggerOperations(deps: FunctionGraphDeps): Operation[] {
  const root = '/v2/{project_id}/fgs/triggers/{function_urn}';
  const one = `${root}/{trigger_type_code}/{trigger_id}`;
  return [
    makeOperation('CreateFunctionTrigger', 'POST', root, (call) => create(deps, call)),
    makeOperation('ListFunctionTriggers', 'GET', root, (call) => ({
      status: 200,
      body: find(deps, call).triggers.map((trigger) => view(deps, trigger)),
    })),
    makeOperation('BatchDeleteFunctionTriggers', 'DELETE', root, (call) => removeAll(deps, call)),
    makeOperation('ShowFunctionTrigger', 'GET', one, (call) => ({
      status: 200,
      body: view(deps, findOne(deps, call).trigger),
    })),
    makeOperation('UpdateTrigger', 'PUT', one, (call) => update(deps, call)),
    makeOperation('DeleteFunctionTrigger', 'DELETE', one, (call) => remove(deps, call)),
  ];
}

function view(deps: FunctionGraphDeps, trigger: TriggerRecord) {
  return triggerView(trigger, deps.gatewayUrl);
}

function find(deps: FunctionGraphDeps, { account, params }: OperationCall) {
  const { record, urn } = deps.functions.find(params['function_urn'] ?? '', account.projectId);
  versionOf(record, urn.qualifier);
  const qualifier = urn.qualifier || 'latest';
  return { record, qualifier, triggers: record.triggers.filter((trigger) => trigger.qualifier === qualifier) };
}

function findOne(deps: FunctionGraphDeps, call: OperationCall) {
  const { record, triggers } = find(deps, call);
  const type = readTriggerType(call.params['trigger_type_code'] ?? '');
  const trigger = triggers.find((candidate) => candidate.type === type && candidate.id === call.params['trigger_id']);
  if (trigger === undefined) throw UNKNOWN[type]();
  return { record, trigger };
}

function emit(
  deps: FunctionGraphDeps,
  kind: 'trigger_created' | 'trigger_changed' | 'trigger_deleted',
  record: FunctionRecord,
  trigger: TriggerRecord,
) {
  return deps.onEvent({
    kind,
    service: 'FunctionGraph',
    id: trigger.id,
    name: `${record.name} ${trigger.type}`,
    status: trigger.status,
  });
}

async function create(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  const body = check(triggerBody, call.body, invalidField);
  const type = readTriggerType(body.trigger_type_code);
  if (body.trigger_status === 'DISABLED' && !canBeDisabled(type))
    throw errors.badTriggerStatus(`A trigger of type ${type} cannot be disabled.`);
  const sent = readEventData(type, body.event_data, deps.regionTimeZone);
  return deps.functions.change(async () => {
    const { record, qualifier } = find(deps, call);
    checkConflicts(record, { type, qualifier, data: sent }, deps.functions.all());
    await checkSource(deps, type, sent);
    const id = randomUUID();
    const now = deps.clock.now();
    const trigger: TriggerRecord = {
      id,
      type,
      status: body.trigger_status ?? 'ACTIVE',
      qualifier,
      data: storedData(deps.region, record, type, id, sent),
      createdAt: now,
      modifiedAt: now,
      isBeingDeleted: false,
    };
    emit(deps, 'trigger_created', record, trigger);
    return {
      record: withTriggers(record, [...record.triggers, trigger]),
      result: { status: 201, body: view(deps, trigger) },
    };
  });
}

async function update(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  const { trigger_status: status } = check(triggerStatusBody, call.body, invalidField);
  return deps.functions.change(async () => {
    const { record, trigger } = findOne(deps, call);
    if (!canBeDisabled(trigger.type))
      throw errors.badTriggerStatus(`A trigger of type ${trigger.type} cannot be disabled.`);
    const changed = { ...trigger, status, modifiedAt: deps.clock.now() };
    emit(deps, 'trigger_changed', record, changed);
    return {
      record: withTriggers(
        record,
        record.triggers.map((other) => (other === trigger ? changed : other)),
      ),
      result: { status: 200, body: view(deps, changed) },
    };
  });
}

/** Deletes triggers. They stay active for a while, and conflict with new ones until then. */
function startDeletion(
  deps: FunctionGraphDeps,
  record: FunctionRecord,
  triggers: readonly TriggerRecord[],
): FunctionRecord {
  const ids = new Set(triggers.map(({ id }) => id));
  deps.clock.after(deps.triggerDeletionMs(), () => void finishDeletion(deps, record, ids));
  for (const trigger of triggers) emit(deps, 'trigger_deleted', record, trigger);
  return withTriggers(
    record,
    record.triggers.map((trigger) => (ids.has(trigger.id) ? { ...trigger, isBeingDeleted: true } : trigger)),
  );
}

async function finishDeletion(
  deps: FunctionGraphDeps,
  { projectId, ...record }: FunctionRecord,
  ids: ReadonlySet<string>,
): Promise<void> {
  await deps.functions
    .change(async () => {
      const { record: now } = deps.functions.find(urnOf({ ...record, projectId }, ''), projectId);
      return {
        record: withTriggers(
          now,
          now.triggers.filter(({ id }) => !ids.has(id)),
        ),
        result: undefined,
      };
    })
    // The function and its triggers are gone.
    .catch(() => undefined);
}

async function remove(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  return deps.functions.change(async () => {
    const { record, trigger } = findOne(deps, call);
    if (trigger.isBeingDeleted) throw UNKNOWN[trigger.type]();
    return { record: startDeletion(deps, record, [trigger]), result: { status: 204 } };
  });
}

async function removeAll(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  return deps.functions.change(async () => {
    const { record, triggers } = find(deps, call);
    return {
      record: startDeletion(
        deps,
        record,
        triggers.filter(({ isBeingDeleted }) => !isBeingDeleted),
      ),
      result: { status: 204 },
    };
  });
}

/** Checks that the source of the trigger exists. @throws {ServiceError} */
async function checkSource(
  deps: FunctionGraphDeps,
  type: TriggerType,
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  if ((type === 'OBS' || type === 'EVENTGRID') && !(await deps.bucketExists(String(data['bucket']))))
    throw errors.foreignBucket();
  if (type === 'SMN' && !deps.topicExists(String(data['topic_urn']))) throw errors.unknownTopic();
}

/** Adds to the sent data what the service adds: IDs, and the URL of an API. */
function storedData(
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
