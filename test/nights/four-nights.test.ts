import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pause, resume } from '../../lib/runs/ledger/pauses.ts';
import { type Night, playNight } from './night.ts';
import { rowsOf, tablesBelow } from './night-tables.ts';

const JOB = 'restore-staging';
const PAGE = join(__dirname, '../../docs/notifications.md');
const tables = tablesBelow(readFileSync(PAGE, 'utf8'), 'Four nights');

const upload = (key: string) => (night: Night) => night.upload(key);

/** 300 uploads from 01:00, one every two seconds. */
const STORM = Object.fromEntries(
  Array.from({ length: 300 }, (_, i) => {
    const time = new Date(Date.UTC(2026, 2, 15, 1) + i * 2000).toISOString().slice(11, 19);
    return [time, upload(`prod/${i}.rdb`)];
  }),
);

const NIGHTS: Readonly<Record<string, Parameters<typeof playNight>>> = {
  'A dead reconcile': [
    {
      '22:00': (night) => night.setTimer(false),
      '23:00': upload('prod/one.rdb'),
      '02:00': upload('prod/two.rdb'),
      '07:00': (night) => night.setTimer(true),
    },
  ],
  'Revoked keys': [
    {
      '22:00': (night) => night.revokeKeys(true),
      '23:00': upload('prod/one.rdb'),
      '02:00': upload('prod/two.rdb'),
      '04:00': (night) => night.revokeKeys(false),
    },
    { job: 'sweep: { every: 1h }' },
  ],
  'A paused job': [
    {
      '21:00': (night) => pause(night.ledger, JOB),
      '22:00': upload('prod/one.rdb'),
      '23:30': upload('prod/two.rdb'),
      '07:00': (night) => resume(night.ledger, JOB),
    },
  ],
  'A storm': [
    { '00:30': upload('prod/expected.rdb'), ...STORM },
    { job: 'limit: { runs: 1, per: 1d }', ledger: 'memory' },
  ],
};

describe('the page says what arrives in the night of', () => {
  it('each of these', () => {
    expect([...tables.keys()]).toEqual(Object.keys(NIGHTS));
  });

  it.each(Object.entries(NIGHTS))(
    '%s',
    async (name, night) => {
      expect(rowsOf(await playNight(...night))).toEqual(tables.get(name));
    },
    120_000,
  );
});
