import type { ParityCloud } from '../parity-cloud.ts';
import type { Samples } from '../sample.ts';
import { INSTANCE, LOCKED_INSTANCE, OTHER_INSTANCE, SECRET } from '../seed.ts';

const IMPORT = {
  task_name: 'restore-staging',
  migration_type: 'backupfile_import',
  migration_method: 'full_amount_migration',
  backup_files: { file_source: 'self_build_obs', bucket_name: 'backups', files: [{ file_name: 'dump.rdb' }] },
  target_instance: { id: INSTANCE },
};
const COPIED = { ...IMPORT, backup_files: { file_source: 'backup_record', backup_id: 'b-1' } };
const ONLINE = {
  name: 'session-cache',
  vpc_id: '5e37b3be-950a-48e1-b498-65b63d336481',
  subnet_id: '40f15ed6-7f85-49d5-ba0e-65b940d4812c',
  security_group_id: '9df96622-24b7-4813-84b8-ab74552a21d7',
};
const CONFIGURE = {
  migration_method: 'incremental_migration',
  resume_mode: 'auto',
  bandwidth_limit_mb: '10',
  source_instance: { id: OTHER_INSTANCE, password: SECRET },
  target_instance: { id: LOCKED_INSTANCE, password: SECRET },
};

async function importTask(cloud: ParityCloud): Promise<string> {
  return String((await cloud.ok('DCS', 'CreateMigrationTask', { body: IMPORT }))['id']);
}

async function onlineTask(cloud: ParityCloud): Promise<{ taskId: string; jobId: string }> {
  const made = await cloud.ok('DCS', 'CreateOnlineMigrationTask', { body: ONLINE });
  cloud.clock.advance(600_000);
  return { taskId: String(made['instance_id']), jobId: String(made['job_id']) };
}

/** An online task that is copying. */
async function runningTask(cloud: ParityCloud): Promise<string> {
  const { taskId } = await onlineTask(cloud);
  await cloud.ok('DCS', 'SetOnlineMigrationTask', { params: { task_id: taskId }, body: CONFIGURE });
  cloud.clock.advance(600_000);
  return taskId;
}

async function stoppedTask(cloud: ParityCloud): Promise<string> {
  const taskId = await runningTask(cloud);
  await cloud.ok('DCS', 'StopMigrationTask', { params: { task_id: taskId } });
  cloud.clock.advance(600_000);
  return taskId;
}

const NO_TASK = '99999999-9999-9999-9999-999999999999';
const backup = { instance_id: INSTANCE, backup_id: 'b-1' };

const one = { instance_id: INSTANCE };

async function nodeId(cloud: ParityCloud): Promise<string> {
  const { nodes } = await cloud.ok('DCS', 'ShowNodesInformation', { params: one });
  return String((nodes as { node_id: string }[])[0]?.node_id);
}

async function keyAnalysis(cloud: ParityCloud): Promise<{ instance_id: string; task_id: string }> {
  const body = { node_id: await nodeId(cloud), backup_id: 'b-1' };
  const made = await cloud.ok('DCS', 'CreateOfflineKeyAnalysis', { params: one, body });
  cloud.clock.advance(600_000);
  return { ...one, task_id: String(made['task_id'] ?? made['id']) };
}

async function session(cloud: ParityCloud): Promise<string> {
  return String((await cloud.ok('DCS', 'LoginWebCli', { params: one, body: {} }))['client_id']);
}

/** A task between instances with the same password, in its incremental phase. */
async function exchanged(cloud: ParityCloud): Promise<{ task_id: string }> {
  const params = { task_id: await runningTask(cloud) };
  await cloud.ok('DCS', 'ExchangeInstanceIp', { params, body: {} });
  cloud.clock.advance(600_000);
  return params;
}

const WHITELIST = { enable_whitelist: true, whitelist: [{ group_name: 'office', ip_list: ['10.0.0.0/24'] }] };

export const DCS_SAMPLES: Samples = {
  BatchRestartOnlineMigrationTasks: async (cloud) => ({
    body: { migration_tasks: [await stoppedTask(cloud), NO_TASK] },
  }),
  BatchStopMigrationTasks: async (cloud) => ({ body: { migration_tasks: [await runningTask(cloud), NO_TASK] } }),
  CopyInstance: () => ({ params: one, body: {} }),
  CreateMigrationTask: [() => ({ body: IMPORT, values: { 'target_instance.password': '' } }), () => ({ body: COPIED })],
  BatchShowNodesInformation: () => ({}),
  CreateOfflineKeyAnalysis: async (cloud) => ({
    params: one,
    body: { node_id: await nodeId(cloud), backup_id: 'b-1' },
  }),
  CreateOnlineMigrationTask: () => ({ body: ONLINE }),
  DeleteBackupFile: () => ({ params: backup }),
  DeleteOfflineKeyAnalysisTask: async (cloud) => ({ params: await keyAnalysis(cloud) }),
  ExchangeInstanceIp: async (cloud) => ({
    params: { task_id: await runningTask(cloud) },
    body: { exchanged_ip: [], is_exchange_domain: true },
  }),
  ExecuteCommandMobilization: async (cloud) => ({
    params: one,
    body: { client_id: await session(cloud), command: 'dbsize', database: 0 },
  }),
  ListInstances: () => ({}),
  ListOfflineKeyAnalysisTask: async (cloud) => {
    await keyAnalysis(cloud);
    return { params: one, values: { status: 'success' } };
  },
  ListRestoreRecords: async (cloud) => {
    await cloud.ok('DCS', 'RestoreInstance', { params: one, body: { backup_id: 'b-1' } });
    return { params: one, values: { begin_time: '20260101000000', end_time: '20260301000000' } };
  },
  LoginWebCli: [
    () => ({ params: one, body: {} }),
    () => ({ params: { instance_id: LOCKED_INSTANCE }, body: { password: SECRET } }),
  ],
  LogoffWebCli: async (cloud) => ({ params: one, body: { client_id: await session(cloud) } }),
  RestartOrFlushInstances: ['restart', 'soft_restart', 'flush'].map((action) => () => ({
    body: { instances: [INSTANCE], action },
  })),
  RestoreInstance: () => ({ params: one, body: { backup_id: 'b-1' } }),
  RollbackExchangeInstanceIp: async (cloud) => ({ params: await exchanged(cloud) }),
  ShowIpWhitelist: async (cloud) => {
    await cloud.ok('DCS', 'UpdateIpWhitelist', { params: one, body: WHITELIST });
    return { params: one };
  },
  ShowNodesInformation: () => ({ params: one }),
  ShowOfflineKeyAnalysisTask: async (cloud) => ({ params: await keyAnalysis(cloud) }),
  UpdateIpWhitelist: () => ({ params: one, body: WHITELIST }),
  DeleteMigrationTask: async (cloud) => ({ body: { task_id_list: [await stoppedTask(cloud)] } }),
  ListBackupFileLinks: () => ({ params: backup, body: { expiration: 600 } }),
  ListBackupRecords: () => ({
    params: one,
    values: { begin_time: '20260101000000', end_time: '20260201000000' },
  }),
  ListMigrationTask: async (cloud) => {
    await importTask(cloud);
    await runningTask(cloud);
    return {};
  },
  ListMigrationTaskLogs: async (cloud) => ({
    params: { task_id: await runningTask(cloud) },
    values: { log_level: 'INFO' },
  }),
  SetOnlineMigrationTask: async (cloud) => ({ params: { task_id: (await onlineTask(cloud)).taskId }, body: CONFIGURE }),
  ShowInstance: () => ({ params: one }),
  ShowJobInfo: async (cloud) => ({ params: { job_id: (await onlineTask(cloud)).jobId } }),
  ShowMigrationTask: [
    async (cloud) => ({ params: { task_id: await runningTask(cloud) } }),
    async (cloud) => ({ params: { task_id: await importTask(cloud) } }),
  ],
  ShowMigrationTaskStats: async (cloud) => ({ params: { task_id: await runningTask(cloud) } }),
  StopMigrationTask: [
    async (cloud) => ({ params: { task_id: await runningTask(cloud) } }),
    async (cloud) => ({ params: { task_id: await importTask(cloud) } }),
  ],
  StopMigrationTaskSync: async (cloud) => ({ params: { task_id: await runningTask(cloud) } }),
  UpdateMigrationTask: async (cloud) => ({
    params: { task_id: await runningTask(cloud) },
    body: { resume_mode: 'manual' },
  }),
};
