import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const SERVICES = ['dcs', 'sms'] as const;

/** Which client of each service a bundle has: the official generated one with its version, or our thin one. */
export type Clients = Readonly<Record<(typeof SERVICES)[number], string>>;

/** @param packages the folders of the packages in the bundle, by name */
export async function clientsOf(packages: ReadonlyMap<string, string>): Promise<Clients> {
  const rows = SERVICES.map(async (service) => {
    const folder = packages.get(`@huaweicloud/huaweicloud-sdk-${service}`);
    if (folder === undefined) return [service, 'thin'];
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    return [service, `generated ${version}`];
  });
  return Object.fromEntries(await Promise.all(rows)) as Clients;
}
