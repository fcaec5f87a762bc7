import fc from 'fast-check';
import { parseObjectEvent } from '../../lib/events/object-event.ts';
import { fullyDecoded } from '../../lib/events/object-key.ts';
import type { ObjectTrigger } from '../../lib/events/trigger.ts';
import type { Jobs } from '../../lib/jobs/job.ts';
import { SETTINGS } from '../../lib/kernel/settings.ts';
import { occurrenceOf } from '../../lib/runs/start/occurrence.ts';
import { obsRefusal } from '../fakes/fake-obs.ts';
import { eventFile } from '../fixtures/event-file.ts';
import { SMALL_RDB } from '../fixtures/rdb.ts';
import { simulationJobs } from './jobs.ts';
import { Simulation, type SimulationOptions } from './simulation.ts';

const AUTO = SETTINGS.OBJECT_KEYS.fallback;
const TIME = '2026-03-14T11:00:00Z';
const formEncoded = (key: string) => encodeURIComponent(key).replaceAll('%20', '+');

/** The notification of an object, with its key as a route writes it. */
function event(text: string, of: Partial<ObjectTrigger> = {}): ObjectTrigger {
  const { eTag, size, versionId } = of;
  const [trigger] = parseObjectEvent(
    {
      Records: [
        {
          eventTime: TIME,
          eventName: 'ObjectCreated:Put',
          s3: { bucket: { name: 'backups' }, object: { key: text, eTag, size, versionId } },
        },
      ],
    },
    AUTO,
  );
  if (trigger instanceof Error || trigger?.kind !== 'object') throw new Error(`no object: ${String(trigger)}`);
  return trigger;
}

let jobs: Jobs;
const jobsWith = (change: (yaml: string) => string = (yaml) => yaml) =>
  simulationJobs((yaml) => change(yaml.replace('key: "a/**"', 'key: "**"')));
beforeAll(async () => {
  jobs = await jobsWith();
});

function start(options: SimulationOptions = {}, ofJobs = jobs): Simulation {
  const simulation = new Simulation({ jobs: ofJobs, ...options });
  simulation.obs.hasNothingElse = true;
  return simulation;
}

const importedKeys = ({ cloud }: Simulation) => cloud.importedFiles.map(([key]) => key);

async function resultsOf(simulation: Simulation, ...objects: ObjectTrigger[]) {
  const { value = [] } = await simulation.notify(objects);
  return value.map(({ outcome, reason }) => [outcome, reason?.code]);
}

describe('a key that may be read in two ways', () => {
  it.each([
    ['a b.rdb', 'a+b.rdb'],
    ['a b.rdb', 'a%20b.rdb'],
    ['a b.rdb', 'a b.rdb'],
    ['a+b.rdb', 'a+b.rdb'],
    ['a+b.rdb', 'a%2Bb.rdb'],
    ['a%2Bb.rdb', 'a%2Bb.rdb'],
    ['a%2Bb.rdb', 'a%252Bb.rdb'],
    ['100%.rdb', '100%.rdb'],
    ['100%.rdb', '100%25.rdb'],
    ['中.rdb', '%E4%B8%AD.rdb'],
    ['%E4%B8%AD.rdb', '%E4%B8%AD.rdb'],
    ['%E4%B8%AD.rdb', '%25E4%25B8%25AD.rdb'],
    ['a%252Fb.rdb', 'a%252Fb.rdb'],
    ['a%2Fb.rdb', 'a%252Fb.rdb'],
    ['a/b.rdb', 'a%2Fb.rdb'],
  ])('is that of the bucket: %s, written as %s', async (key, text) => {
    const simulation = start();
    const put = simulation.obs.put('backups', key, SMALL_RDB, TIME);

    expect(await resultsOf(simulation, event(text, put))).toEqual([['created', undefined]]);
    expect(importedKeys(simulation)).toEqual([key]);
  });

  it('makes one occurrence of an object, whichever route brings it, and imports the key that is there', async () => {
    // No hex digit beside `%`: `%aa` is no UTF-8 when it is decoded, and such a key is refused.
    const anyKey = fc
      .array(fc.constantFrom('g', ' ', '+', '%', '%25', '%2B', '%20', '%2F', '/', '中', '%E4%B8%AD', '%zz', '&'), {
        minLength: 1,
        maxLength: 8,
      })
      .map((parts) => `${parts.join('')}x.rdb`)
      .filter((key) => !/[^\x20-\x7e中]/.test(fullyDecoded(key)));
    await fc.assert(
      fc.asyncProperty(anyKey, fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }), async (key, routes) => {
        const simulation = start();
        const put = simulation.obs.put('backups', key, SMALL_RDB, TIME);
        for (const encodes of routes) await simulation.notify([event(encodes ? formEncoded(key) : key, put)]);
        await simulation.settle();

        expect(importedKeys(simulation)).toEqual([key]);
        const [known] = new Set(
          [...routes.map((encodes) => event(encodes ? formEncoded(key) : key, put)), put].map((one) =>
            JSON.stringify(occurrenceOf(one)),
          ),
        );
        expect(JSON.stringify(occurrenceOf(put))).toBe(known);
      }),
      { numRuns: 60 },
    );
  });

  it('is one occurrence however often it was encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(4), (key, depth) => {
        let text = key;
        for (let i = 0; i < depth; i++) text = formEncoded(text);

        expect(fullyDecoded(text)).toBe(fullyDecoded(key));
      }),
    );
  });

  it('is answered from the ledger, without another look', async () => {
    const simulation = start();
    const put = simulation.obs.put('backups', 'a+b.rdb', SMALL_RDB, TIME);
    await simulation.notify([event('a%2Bb.rdb', put)]);
    simulation.obs.remove('backups', 'a+b.rdb');
    const before = simulation.obs.read.length;

    expect(await resultsOf(simulation, event('a+b.rdb', put))).toEqual([['existing', undefined]]);
    expect(simulation.obs.read).toHaveLength(before);
  });

  it('is the decoded one of two that are there, with a warning', async () => {
    const simulation = start();
    const put = simulation.obs.put('backups', 'a b.rdb', SMALL_RDB, TIME);
    simulation.obs.put('backups', 'a+b.rdb', SMALL_RDB, TIME);

    expect(await resultsOf(simulation, event('a+b.rdb', put))).toEqual([['created', undefined]]);
    expect(importedKeys(simulation)).toEqual(['a b.rdb']);
    expect(simulation.lines.join('\n')).toContain('has both');
  });

  it('is the one of two that has the version of the event', async () => {
    const simulation = start();
    simulation.obs.put('backups', 'a b.rdb', `${SMALL_RDB}other`, TIME);
    const put = simulation.obs.put('backups', 'a+b.rdb', SMALL_RDB, TIME);
    await simulation.notify([event('a+b.rdb', put)]);

    expect(importedKeys(simulation)).toEqual(['a+b.rdb']);
  });

  it('is not taken raw where the job takes no such key', async () => {
    const simulation = start({}, await jobsWith((yaml) => yaml.replace('key: "**"', 'key: "prod/**"')));
    const put = simulation.obs.put('backups', 'prod%2Fx.rdb', SMALL_RDB, TIME);

    expect(await resultsOf(simulation, event('prod%2Fx.rdb', put))).toEqual([['waiting', 'file_missing']]);
    await simulation.settle();
    expect(importedKeys(simulation)).toEqual([]);
  });

  it('waits while the bucket may not be looked into, and says what to allow', async () => {
    const simulation = start();
    const put = simulation.obs.put('backups', 'a+b.rdb', SMALL_RDB, TIME);
    simulation.obs.readFailures.push(obsRefusal(403, 'AccessDenied'));
    const { value = [] } = await simulation.notify([event('a+b.rdb', put)]);

    expect(value[0]).toMatchObject({ outcome: 'waiting', reason: { code: 'key_unreadable' } });
    expect(value[0]?.reason?.message).toMatch(/obs:object:GetObject.*OBJECT_KEYS/);
    await simulation.settle();
    expect(importedKeys(simulation)).toEqual(['a+b.rdb']);
  });

  it('is taken decoded with preflight: off, without a look, with a warning', async () => {
    const simulation = start(
      {},
      await jobsWith((yaml) => yaml.replace('import-a:\n', 'import-a:\n    preflight: off\n')),
    );
    const put = simulation.obs.put('backups', 'a+b.rdb', SMALL_RDB, TIME);

    expect(await resultsOf(simulation, event('a+b.rdb', put))).toEqual([['created', undefined]]);
    expect(importedKeys(simulation)).toEqual(['a b.rdb']);
    expect(simulation.obs.read).toEqual([]);
    expect(simulation.lines.join('\n')).toContain('preflight: off');
  });

  it('goes into placeholders as the bucket has it', async () => {
    const named = await jobsWith((yaml) =>
      yaml.replace(
        'backup_import: { target_instance: cache-a }',
        'backup_import: { target_instance: cache-a, description: "of {{ object.name }}" }',
      ),
    );
    const simulation = start({}, named);
    const put = simulation.obs.put('backups', 'x/a+b.rdb', SMALL_RDB, TIME);
    await simulation.notify([event('x/a+b.rdb', put)]);

    expect(simulation.cloud.tasks.map(({ body }) => body['description'])).toEqual(['of a+b.rdb']);
  });

  it.each([
    ['obs-legacy-encoded-key', 'redis/prod/2026 03 14/full+diff (v2) 备份 100%.rdb'],
    ['obs-eventgrid-encoded-key', 'redis/prod/2026 03 14/full+diff (v2) 备份 100%.rdb'],
  ])('of %s is found', async (name, key) => {
    const simulation = start(
      {},
      await jobsWith((yaml) => yaml.replace('bucket: backups', 'bucket: backup-inbox-prod')),
    );
    simulation.obs.put('backup-inbox-prod', key, SMALL_RDB, TIME, '0c8f1be0a2d94c6fb5e7a3d1c9f08e42');
    const { value = [] } = await simulation.notify(parseObjectEvent(eventFile(name), AUTO) as ObjectTrigger[]);

    expect(value.map(({ outcome }) => outcome)).toEqual(['created']);
    expect(importedKeys(simulation)).toEqual([key]);
  });

  it('gives a sweep the same occurrence as the event', async () => {
    const simulation = start();
    const put = simulation.obs.put('backups', 'a+b.rdb', SMALL_RDB, TIME);

    expect(occurrenceOf(put)).toEqual(occurrenceOf(event('a%2Bb.rdb', put)));
    expect(occurrenceOf(put).parts).toEqual(['backups', 'a b.rdb', put.eTag]);
  });
});

describe('an object that is gone', () => {
  it.each(['plain.rdb', 'a+b.rdb'])('ends its run after two looks, settle_seconds apart: %s', async (text) => {
    const simulation = start();
    const put = simulation.obs.put('backups', text, SMALL_RDB, TIME);
    simulation.obs.remove('backups', text);

    expect(await resultsOf(simulation, event(text, put))).toEqual([['waiting', 'file_missing']]);
    simulation.advance(59_000);
    await simulation.reconcile();
    expect(await resultsOf(simulation, event(text, put))).toEqual([['waiting', 'file_missing']]);
    simulation.advance(2_000);
    await simulation.reconcile();
    expect(await resultsOf(simulation, event(text, put))).toEqual([['rejected', 'object_gone']]);
    expect(importedKeys(simulation)).toEqual([]);
  });

  it('is imported when the second look finds it', async () => {
    const simulation = start();
    const put = simulation.obs.put('backups', 'late.rdb', SMALL_RDB, TIME);
    simulation.obs.readFailures.push(obsRefusal(404, 'NoSuchKey'));
    await simulation.notify([event('late.rdb', put)]);
    simulation.advance(61_000);
    await simulation.reconcile();

    expect(importedKeys(simulation)).toEqual(['late.rdb']);
  });
});

describe('another version of the object', () => {
  it.each([false, true])(
    'gets its run first, and the older one is superseded (bucket with versions: %s)',
    async (versioned) => {
      const simulation = start({ versioned });
      const old = simulation.obs.put('backups', 'plain.rdb', SMALL_RDB, TIME, 'old');
      const newer = simulation.obs.put('backups', 'plain.rdb', SMALL_RDB, '2026-03-14T11:01:00Z', 'new');

      expect(await resultsOf(simulation, event('plain.rdb', old))).toEqual([['skipped', 'superseded']]);
      expect(importedKeys(simulation)).toEqual(['plain.rdb']);
      expect(await resultsOf(simulation, event('plain.rdb', newer))).toEqual([['existing', undefined]]);
      expect(await resultsOf(simulation, event('plain.rdb', old))).toEqual([['skipped', 'superseded']]);
      await simulation.settle();
      expect(simulation.cloud.tasks).toHaveLength(1);
    },
  );

  it('is noticed right before the create call', async () => {
    const simulation = start();
    const first = simulation.obs.put('backups', 'one.rdb', SMALL_RDB, TIME);
    const old = simulation.obs.put('backups', 'two.rdb', SMALL_RDB, '2026-03-14T11:00:30Z', 'old');
    await simulation.notify([event('one.rdb', first)]);
    expect(await resultsOf(simulation, event('two.rdb', old))).toEqual([['waiting', 'queued']]);
    const newer = simulation.obs.put('backups', 'two.rdb', SMALL_RDB, '2026-03-14T11:02:00Z', 'new');
    await simulation.settle();

    expect(importedKeys(simulation)).toEqual(['one.rdb', 'two.rdb']);
    expect(await resultsOf(simulation, event('two.rdb', old))).toEqual([['skipped', 'superseded']]);
    expect(await resultsOf(simulation, event('two.rdb', newer))).toEqual([['existing', undefined]]);
  });

  it.each([
    ['its quotes and case', { eTag: '"ETAG-OF-X"' }],
    ['nothing', {}],
  ])('is none where the event differs in %s', async (_, of) => {
    const simulation = start();
    simulation.obs.put('backups', 'plain.rdb', SMALL_RDB, TIME, 'etag-of-x');

    expect(await resultsOf(simulation, event('plain.rdb', of))).toEqual([['created', undefined]]);
  });
});
