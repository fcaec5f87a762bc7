import { Clock } from '../../../src/cloud/clock.ts';
import { CloudStores } from '../../../src/cloud/cloud-stores.ts';
import { assumedByDefault } from '../../../src/cloud/open-questions/assumptions.ts';
import { SMS_NOT_OFFERED, SMS_OPEN_QUESTIONS, SMS_STRICTER_RULES } from '../../../src/cloud/sms/differences.ts';
import { makeSmsService } from '../../../src/cloud/sms/service.ts';
import { ACCOUNT } from '../caller.ts';

/** The operations of the official client (Node SDK 3.1.209). */
const CLIENT_OPERATIONS = [
  'CollectLog',
  'CreateMigproject',
  'CreatePrivacyAgreements',
  'CreateTask',
  'CreateTemplate',
  'DeleteMigproject',
  'DeleteServer',
  'DeleteServers',
  'DeleteTask',
  'DeleteTasks',
  'DeleteTemplate',
  'DeleteTemplates',
  'ExportConsistencyResults',
  'ListApiVersion',
  'ListErrorServers',
  'ListMigprojects',
  'ListServers',
  'ListTasks',
  'ListTemplates',
  'RegisterServer',
  'ShowApiVersion',
  'ShowCertKey',
  'ShowCommand',
  'ShowConfig',
  'ShowConfigSetting',
  'ShowConsistencyResult',
  'ShowMigproject',
  'ShowOverview',
  'ShowPassphrase',
  'ShowPrivacyAgreements',
  'ShowServer',
  'ShowTargetPassword',
  'ShowTask',
  'ShowTemplate',
  'ShowsSpeedLimits',
  'UpdateCommandResult',
  'UpdateConsistencyResult',
  'UpdateCopyState',
  'UpdateDefaultMigproject',
  'UpdateDiskInfo',
  'UpdateMigproject',
  'UpdateNetworkCheckInfo',
  'UpdateServerName',
  'UpdateSpeed',
  'UpdateTask',
  'UpdateTaskSpeed',
  'UpdateTaskStatus',
  'UpdateTemplate',
  'UploadSpecialConfigurationSetting',
];

const clock = new Clock({ frozenAt: 0 });
const { sources, smsTasks, templates, servers, scripts, situations } = new CloudStores(
  { accounts: [ACCOUNT], sources: [] },
  clock,
  assumedByDefault,
);
const offered = makeSmsService({
  sources,
  tasks: smsTasks,
  templates,
  servers,
  scripts,
  situations,
  clock,
  assumed: assumedByDefault,
  bucketExists: async () => true,
}).operations.map(({ name }) => name);
const notOffered = SMS_NOT_OFFERED.flatMap(({ operations }) => operations);

it('every operation of the official client is offered, or listed with the reason why not', () => {
  expect([...offered, ...notOffered].sort()).toEqual(CLIENT_OPERATIONS);
});

it('every difference is one of an offered operation, with a source', () => {
  for (const { operations, fields, rule, source } of [...SMS_STRICTER_RULES, ...SMS_OPEN_QUESTIONS]) {
    for (const operation of operations) expect(offered).toContain(operation);
    expect(fields).not.toEqual([]);
    expect(rule).not.toBe('');
    expect(source).not.toBe('');
  }
});
