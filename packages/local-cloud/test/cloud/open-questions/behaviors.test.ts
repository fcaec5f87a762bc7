import { Clock } from '../../../src/cloud/clock.ts';
import { startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import type { ObjectEvent } from '../../../src/cloud/obs/object-event.ts';
import type { Answers } from '../../../src/cloud/open-questions/open-questions.ts';
import { OPEN_QUESTIONS } from '../../../src/cloud/open-questions/open-questions.ts';
import { makeSdk } from '../obs/sdk.ts';
import { TEMPLATE } from '../sms/template.ts';
import { ACCOUNT_OBSERVATIONS } from './account-observations.ts';
import { DCS_OBSERVATIONS, INSTANCES } from './dcs-observations.ts';
import { EVENT_OBSERVATIONS } from './event-observations.ts';
import { OBS_OBSERVATIONS } from './obs-observations.ts';
import { ACCOUNT_OF_AGENCY, type World } from './observation.ts';
import { SMS_OBSERVATIONS, SOURCES } from './sms-observations.ts';

const OBSERVATIONS = {
  ...OBS_OBSERVATIONS,
  ...DCS_OBSERVATIONS,
  ...SMS_OBSERVATIONS,
  ...EVENT_OBSERVATIONS,
  ...ACCOUNT_OBSERVATIONS,
};

const CASES = Object.entries(OBSERVATIONS).flatMap(([id, { see, under }]) =>
  Object.entries(under).map(([behavior, expected]) => [id, behavior, see, expected] as const),
);

async function observe(assume: Answers, see: (world: World) => unknown): Promise<unknown> {
  const clock = new Clock({ frozenAt: Date.UTC(2026, 0, 31) });
  const objectEvents: ObjectEvent[] = [];
  const cloud = await startLocalCloud({
    accounts: [ACCOUNT_OF_AGENCY],
    clock,
    instances: INSTANCES,
    sources: SOURCES,
    templates: [TEMPLATE],
    objectExists: (_bucket, key) => key !== 'missing.rdb',
    obs: { buckets: [{ name: 'backups' }], onChange: (event) => objectEvents.push(event) },
    assume,
  });
  try {
    return await see({ cloud, clock, sdk: await makeSdk(cloud.obsUrl, ACCOUNT_OF_AGENCY), objectEvents });
  } finally {
    await cloud.close();
  }
}

describe('a client sees what is assumed', () => {
  it.each(CASES)('%s=%s', async (id, behavior, see, expected) => {
    expect(await observe({ [id]: behavior }, see)).toEqual(expected);
  });

  it('for each behavior of each question', () => {
    const seen = Object.entries(OBSERVATIONS).map(([id, { under }]) => [id, Object.keys(under)]);
    const known = Object.entries(OPEN_QUESTIONS).map(([id, { behaviors }]) => [id, Object.keys(behaviors)]);
    expect(seen).toEqual(known);
  });

  it.each(Object.entries(OBSERVATIONS))('and another thing under each behavior of %s', (_id, { under }) => {
    const seen: unknown[] = Object.values(under);
    for (const [i, one] of seen.entries()) for (const other of seen.slice(i + 1)) expect(one).not.toStrictEqual(other);
  });

  it('also for a change of the assumption', async () => {
    const { see, under } = DCS_OBSERVATIONS['dcs-create-name'];
    const seen = await observe({}, (world) => {
      world.cloud.assume({ 'dcs-create-name': 'task' });
      return see(world);
    });
    expect(seen).toBe(under.task);
  });
});
