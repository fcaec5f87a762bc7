import { check } from '../check.ts';
import type { OperationCall, OperationResponse } from '../operation.ts';
import type { DcsDeps } from './deps.ts';
import { isDisabledCommand } from './disabled-commands.ts';
import { invalidParameter } from './errors.ts';
import { checkPassword } from './imports.ts';
import { commandBody, loginWebCliBody, logoffWebCliBody } from './instance-bodies.ts';
import { databasesOf, engineVersion, type LocalInstance, portOf, requireRedis4, requireRunning } from './instances.ts';
import { type RedisSession, runCommand } from './redis-commands.ts';
import { isIncremental } from './task.ts';

/** LoginWebCli: a session for commands. It tests a password without a connection to the instance. */
export function loginWebCli(deps: DcsDeps, call: OperationCall): OperationResponse {
  const { password } = check(loginWebCliBody, call.body, invalidParameter);
  const instance = usableInstance(deps, call);
  checkPassword(instance, password);
  const clientId = deps.sessions.open(instance.id);
  return { status: 200, body: { client_id: clientId, databases: databasesOf(instance) } };
}

/** ExecuteCommandMobilization: runs one Redis command. */
export function executeCommand(deps: DcsDeps, call: OperationCall): OperationResponse {
  const { client_id: clientId, command, database } = check(commandBody, call.body, invalidParameter);
  const instance = usableInstance(deps, call);
  if (!deps.sessions.use(clientId, instance.id)) throw invalidParameter('client_id', 'is unknown or has expired');
  if (database >= databasesOf(instance)) throw invalidParameter('database', 'does not exist');
  // "Keys and values cannot contain spaces": there is no quoting.
  const words = command.trim().split(/\s+/);
  if (isDisabledCommand(words)) throw invalidParameter('command', `${words[0]} is disabled in Web CLI`);
  const response = runCommand(words, sessionOf(deps, instance, database));
  if (response === undefined) throw invalidParameter('command', `${words[0]} is not simulated by the local cloud`);
  return { status: 200, body: { response } };
}

/** LogoffWebCli: ends a session. */
export function logoffWebCli(deps: DcsDeps, call: OperationCall): OperationResponse {
  const { client_id: clientId } = check(logoffWebCliBody, call.body, invalidParameter);
  const instance = deps.instances.get(call.params['instance_id'] ?? '');
  if (!deps.sessions.close(clientId, instance.id)) throw invalidParameter('client_id', 'is unknown or has expired');
  return { status: 204 };
}

/** Web CLI needs a running instance of Redis 4.0 or later. */
function usableInstance(deps: DcsDeps, call: OperationCall): LocalInstance {
  const instance = deps.instances.get(call.params['instance_id'] ?? '');
  requireRunning(instance);
  requireRedis4(instance);
  return instance;
}

function sessionOf(deps: DcsDeps, instance: LocalInstance, db: number): RedisSession {
  const { instanceData, keySpaces } = deps;
  const written = [instance.id, ...replicasOf(deps, instance.id)];
  return {
    db,
    databases: databasesOf(instance),
    version: engineVersion(instance),
    port: portOf(instance),
    maxMemoryMb: instance.maxMemory ?? 1024,
    usedMemoryMb: instance.usedMemory ?? 16,
    isReadOnly: instanceData.isReadOnly(instance.id),
    now: deps.clock.now(),
    keys: (wanted) => keySpaces.of(instance.id, wanted),
    write: (key) =>
      instanceData.changeKeys(() => {
        for (const id of written) keySpaces.merge(id, [key]);
      }),
    remove: (name) =>
      instanceData.changeKeys(() => {
        for (const id of written) keySpaces.delete(id, db, name);
      }),
    // FLUSHDB and FLUSHALL are not replicated by an online migration (user guide).
    clear: (wanted) => instanceData.changeKeys(() => keySpaces.clear(instance.id, wanted)),
  };
}

/** The targets that an incremental migration keeps in sync with this instance. An exchange of addresses ends that. */
function replicasOf(deps: DcsDeps, instanceId: string): string[] {
  return deps.tasks
    .all()
    .filter(
      ({ id, status, source }) =>
        source?.id === instanceId && isIncremental(status) && deps.instanceData.exchanges.find(id) === undefined,
    )
    .flatMap(({ target }) => target?.id ?? []);
}
