import { makeFunctionGraph } from '../../lib/cloud/programs/functiongraph/functiongraph.ts';
import { FakeCes } from '../fakes/fake-ces.ts';
import { FakeDcsInstances } from '../fakes/fake-dcs-instances.ts';
import { FakeFunctionGraph } from '../fakes/fake-functiongraph.ts';
import { FakeObs } from '../fakes/fake-obs.ts';
import { FakeEcs, FakeSmsServers } from '../fakes/fake-servers.ts';
import { FakeSmn } from '../fakes/fake-smn.ts';
import { SimulatedCloud } from '../fakes/simulated-cloud.ts';
import { cloudEyePort } from './ports/cloud-eye.ts';
import { dcsInstancesPort } from './ports/dcs-instances.ts';
import { dcsTasksPort } from './ports/dcs-tasks.ts';
import { ecsServersPort } from './ports/ecs-servers.ts';
import { functionGraphPort } from './ports/functiongraph.ts';
import { obsObjectsPort } from './ports/obs-objects.ts';
import { smnTopicPort } from './ports/smn-topic.ts';
import { smsServersPort } from './ports/sms-servers.ts';
import { smsTasksPort } from './ports/sms-tasks.ts';

const START = Date.parse('2026-01-31T00:00:00Z');

/** A clock that advances on demand. */
function clock() {
  let time = START;
  return {
    now: () => time,
    pass: (ms: number) => {
      time += ms;
    },
  };
}

dcsTasksPort('DCS tasks of the simulated cloud', async () => {
  const { now, pass } = clock();
  const { dcs, dcsFollow: follow } = new SimulatedCloud(now);
  return { dcs, follow, source: 'prod', target: 'staging', password: 'Redis!Pass-1', pass };
});

dcsInstancesPort('DCS instances of the simulated cloud', async () => {
  const { now, pass } = clock();
  const { dcsInstances: dcs, instances } = new SimulatedCloud(now);
  instances.add('staging');
  instances.hasNothingElse = true;
  return { dcs, instance: 'staging', pass };
});

dcsInstancesPort('FakeDcsInstances', async () => {
  const { now, pass } = clock();
  const dcs = new FakeDcsInstances({ now });
  dcs.add('staging');
  return { dcs, instance: 'staging', pass };
});

smsTasksPort('SMS tasks of the simulated cloud', async () => {
  const { now, pass } = clock();
  const { sms, smsFollow: follow } = new SimulatedCloud(now);
  return { sms, follow, source: 'web', template: 'small', pass };
});

smsServersPort('FakeSmsServers', async () => {
  const sms = new FakeSmsServers();
  const lists = { initTargetServer: { disks: [], volumeGroups: [] }, disks: [], volumeGroups: [], btrfsList: [] };
  sms.servers.set('s', {
    id: 's',
    name: 'web',
    osType: 'LINUX',
    state: 'waiting',
    connected: true,
    checks: [],
    ...lists,
  });
  sms.templates.set('t', { id: 't', name: 'web', hasPublicIp: false, disks: [{ sizeGb: 40 }], incomplete: [] });
  return { sms, source: 's', template: 't' };
});

ecsServersPort('FakeEcs', async () => {
  const ecs = new FakeEcs();
  ecs.servers.set('web', { id: 'web', name: 'web', status: 'ACTIVE', fixedIps: [], floatingIps: [] });
  ecs.disks.set('web', [
    { id: 'v-2', bootIndex: 1, device: '/dev/vdb', sizeGb: 100 },
    { id: 'v-1', bootIndex: 0, device: '/dev/vda', sizeGb: 40 },
  ]);
  return { ecs, server: 'web' };
});

for (const versioned of [false, true]) {
  obsObjectsPort(`FakeObs, versions: ${versioned}`, async () => {
    const obs = new FakeObs({ versioned });
    let puts = 0;
    return {
      obs,
      bucket: 'backups',
      versioned,
      put: async (key, content) => {
        puts += 1;
        obs.put('backups', key, content, new Date(START + puts * 1000).toISOString());
      },
      remove: async (key) => obs.remove('backups', key),
    };
  });
}

cloudEyePort('FakeCes', async () => {
  const ces = new FakeCes();
  return { ces, now: 0, events: () => ces.events.map(({ name }) => name), metrics: () => ces.points.length };
});

smnTopicPort('FakeSmn', async () => {
  const smn = new FakeSmn();
  const topic = 'urn:smn:ap-southeast-3:0123456789abcdef0123456789abcdef:migrations';
  return { smn, topic, published: () => smn.published };
});

describe('over HTTP', () => {
  const projectId = '0123456789abcdef0123456789abcdef';
  let fake: FakeFunctionGraph;
  beforeEach(async () => {
    fake = await FakeFunctionGraph.start();
  });
  afterEach(() => fake.close());

  functionGraphPort('FakeFunctionGraph', async () => ({
    api: makeFunctionGraph({
      endpoint: fake.url,
      credentials: { accessKey: 'AK', secretKey: 'SK' },
      projectId,
      remainingMs: () => 60_000,
    }),
    urn: `urn:fss:cn-south-1:${projectId}:function:default:nightly`,
    code: 'b25l',
    otherCode: 'dHdv',
    pass: () => {},
  }));
});
