import { eventPlace } from '../../../../lib/cli/probe/event-place.ts';
import { probeEvent } from '../../../../lib/cli/probe/event-probe.ts';
import type { OpenedProbe } from '../../../../lib/cli/probe/make-world.ts';
import { newProbe } from '../../../../lib/cli/probe/new-probe.ts';
import { Interrupted } from '../../../../lib/cli/probe/probe-world.ts';
import { makeReceipts } from '../../../../lib/cli/probe/receipts.ts';
import { cloud as clients } from '../../../../lib/cloud/cloud.ts';
import type { LedgerStore } from '../../../../lib/ports/ledger-store.ts';
import type { LocalCloud } from '../../../../packages/local-cloud/src/cloud/local-cloud.ts';
import type { ObjectEvent } from '../../../../packages/local-cloud/src/cloud/obs/object-event.ts';
import type { Answers, QuestionId } from '../../../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';
import { makeObjectCloudEvent } from '../../../../packages/local-cloud/src/functiongraph/object-cloud-event.ts';
import { ObjectDeliveries } from '../../../../packages/local-cloud/src/functiongraph/object-deliveries.ts';
import { makeObjectNotification } from '../../../../packages/local-cloud/src/functiongraph/object-notification.ts';
import { FunctionInProcess } from './function-in-process.ts';
import { type OpenOptions, objectsIn, openProbeOf, partsOf, startProbedCloud } from './probed-cloud.ts';

type Route = 'direct' | 'eventgrid';

const CASES = [
  ['obs-trigger-keys', ['encoded', 'slash-kept', 'raw']],
  ['obs-trigger-layout', ['s3', 'obs']],
  ['object-event-delivery', ['once', 'twice', 'late', 'out-of-order', 'lost']],
  ['event-etag', ['same', 'differs', 'absent']],
  ['event-version', ['null-text', 'absent', 'prefixed-null']],
  ['event-sequencer', ['ordered', 'constant']],
  ['event-time', ['utc', 'beijing-as-utc']],
] as const;
/** Of a trigger with and without `Key_encode`; absent where two behaviors look the same. */
const EVENTGRID_CASES = [
  ['raw', true, { behavior: 'raw', evidence: 'a trigger with `Key_encode`: the key is as it is' }],
  ['encoded', false, { behavior: 'encoded', evidence: 'a trigger without `Key_encode`: the key is form-encoded' }],
  [
    'as-configured',
    true,
    { unanswered: 'a trigger with `Key_encode`: the key is form-encoded, as configured or always' },
  ],
  [
    'as-configured',
    false,
    { unanswered: 'a trigger without `Key_encode`: the key is as it is, as configured or always' },
  ],
] as const;

describe('a probe with an event', () => {
  let cloud: LocalCloud;
  let store: LedgerStore;
  let deployed: FunctionInProcess;
  afterEach(() => cloud.close());

  async function open(
    assume: Answers = {},
    route: Route = 'direct',
    encodesKeys = true,
    more: OpenOptions = {},
  ): Promise<OpenedProbe> {
    const deliveries = new ObjectDeliveries(() => cloud);
    const onChange = (change: ObjectEvent) => {
      const isWatched = change.bucket === 'backups' && change.key.startsWith('prod/');
      if (!isWatched || !change.eventName.startsWith('ObjectCreated')) return;
      const event = eventOf(change, route, encodesKeys);
      deliveries.send(change, () => deployed.deliver(event));
    };
    cloud = await startProbedCloud(assume, { obs: { onChange } });
    const parts = partsOf(cloud);
    store = (await clients.openLedgerStore(parts)) as LedgerStore;
    deployed = new FunctionInProcess(parts.jobs, store);
    const probe = newProbe();
    return openProbeOf(cloud, {
      event: { place: eventPlace(parts.jobs, 'restore'), probe, receipts: makeReceipts(store, probe), encodesKeys },
      sleep: async (ms) => {
        cloud.clock.advance(ms);
        await deployed.idle();
      },
      ...more,
    });
  }

  function eventOf(change: ObjectEvent, route: Route, encodesKeys: boolean): unknown {
    const rule = { bucket: 'backups', prefix: 'prod/', suffix: '.rdb' };
    if (route === 'direct') {
      const direct = { ...rule, functionName: 'backup-landed', configurationId: 'c', events: [] };
      return makeObjectNotification(change, direct, 'ap-southeast-3', 'account', cloud.assumed);
    }
    const subscription = { ...rule, eventTypes: [], encodesKeys };
    const type = 'OBS:DWR:ObjectCreated:PUT';
    return makeObjectCloudEvent(change, type, subscription, 'ap-southeast-3', 'account', cloud.assumed);
  }

  it.each(CASES.flatMap(([id, behaviors]) => behaviors.map((behavior) => [id, behavior] as const)))(
    'names %s=%s, and leaves nothing behind',
    async (id, behavior) => {
      const { world, close } = await open({ [id]: behavior } as Answers);
      const answers = await probeEvent(world);
      await close();

      expect(answers.get(id)).toEqual({ behavior, evidence: expect.any(String) });
      const others = [...answers].filter(([other, answer]) => other !== id && 'behavior' in answer);
      expect(
        Object.fromEntries(others.map(([other, answer]) => [other, 'behavior' in answer && answer.behavior])),
      ).toEqual(behavior === 'lost' ? {} : withoutOne(DEFAULTS, id));
      expect(await objectsIn(cloud)).toEqual([]);
      expect(await objectsIn(cloud, 'backups')).toEqual([]);
      expect(deployed.started).toEqual([]);
    },
  );

  it.each(EVENTGRID_CASES)('judges eventgrid-keys=%s, Key_encode %s', async (behavior, encodesKeys, expected) => {
    const { world, close } = await open({ 'eventgrid-keys': behavior }, 'eventgrid', encodesKeys);
    const answers = await probeEvent(world);
    await close();

    expect(answers.get('eventgrid-keys')).toEqual(expected);
    expect(answers.get('obs-trigger-keys')).toEqual({ unanswered: 'needs a direct OBS trigger' });
  });

  it('knows no behavior for an event of two that is lost', async () => {
    const { world, close } = await open();
    deployed.loseNext();
    const answers = await probeEvent(world);
    await close();
    expect(answers.get('object-event-delivery')).toEqual({
      other: expect.stringMatching(/^2 uploads: 0 and 1 events, /),
    });
  });

  it('writes no object unless a person gave a job', async () => {
    const { world } = await open();
    const { event: _, ...without } = world;
    const answers = await probeEvent(without);

    expect(new Set([...answers.values()].map((answer) => JSON.stringify(answer)))).toEqual(
      new Set(['{"unanswered":"needs --with-event"}']),
    );
    expect(cloud.requests).toEqual([]);
  });

  it.each(['error', 'forbidden', 'hang', 'reset'] as const)(
    'leaves all unanswered after %s of the upload, with the call',
    async (kind) => {
      const { world, close } = await open({}, 'direct', true, { callMs: 400 });
      cloud.faults.add({ operation: 'PutObject', kind, times: 2 });
      const answers = await probeEvent(world);
      await close();

      for (const answer of answers.values())
        expect(answer).toEqual({ unanswered: expect.stringMatching(/^OBS PutObject: /) });
      expect(await objectsIn(cloud, 'backups')).toEqual([]);
    },
  );

  it('removes its object and the records when it is interrupted', async () => {
    const opened = await open();
    const world = {
      ...opened.world,
      sleep: async () => {
        await deployed.idle();
        throw new Interrupted('interrupted');
      },
    };
    await expect(probeEvent(world)).rejects.toThrow(Interrupted);
    expect(await objectsIn(cloud, 'backups')).toHaveLength(1);
    await opened.close();

    expect(await objectsIn(cloud)).toEqual([]);
    expect(await objectsIn(cloud, 'backups')).toEqual([]);
  });
});

const DEFAULTS = {
  'obs-trigger-keys': 'encoded',
  'obs-trigger-layout': 's3',
  'object-event-delivery': 'once',
  'event-etag': 'same',
  'event-version': 'null-text',
  'event-sequencer': 'ordered',
  'event-time': 'utc',
};

function withoutOne(all: Readonly<Record<string, string>>, id: QuestionId) {
  return Object.fromEntries(Object.entries(all).filter(([name]) => name !== id));
}
