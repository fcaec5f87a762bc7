import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REGIONS, regionTimeZone } from '../../../lib/jobs/regions.ts';
import { timeZoneProblem } from '../../../lib/jobs/time-zone.ts';
import { regionTimeZone as localTimeZone } from '../../../packages/local-cloud/src/region-time-zone.ts';

const SDK = join(
  import.meta.dirname,
  '../../../node_modules/@huaweicloud/huaweicloud-sdk-functiongraph/v2/FunctionGraphRegion.js',
);

describe('regionTimeZone', () => {
  it.each(Object.keys(REGIONS))('of %s is a valid time zone, and the one that the local system uses', (region) => {
    const zone = regionTimeZone(region) ?? '';

    expect(timeZoneProblem(zone)).toBeUndefined();
    expect(localTimeZone(region)).toBe(zone);
  });

  it('knows every region in which the SDK knows FunctionGraph', () => {
    const regions = [...readFileSync(SDK, 'utf8').matchAll(/new region_1\.Region\("([^"]+)"/g)].map(
      ([, id]) => id ?? '',
    );

    expect(regions.length).toBeGreaterThan(20);
    expect(regions.filter((region) => regionTimeZone(region) === undefined)).toEqual([]);
  });

  it.each(['ap-southeast-33', 'constructor', ''])('does not know %j', (region) => {
    expect(regionTimeZone(region)).toBeUndefined();
  });
});
