import { createHash } from 'node:crypto';
import type { OBS_QUESTIONS } from '../../../packages/local-cloud/src/cloud/open-questions/obs-questions.ts';
import type { ProbeFolder } from '../../cloud/programs/probe-folder.ts';
import { type Probes, type ProbeWorld, Unanswered } from './probe-world.ts';

const SIMULTANEOUS = 32;
/** Longer than any lag that the table of open questions has. */
const LAG_LIMIT_MS = 10_000;
const LOOK_AGAIN_MS = 100;
/** The lag that the table has; a little more is the time of the calls. */
const KNOWN_LAG_MS = 3_000;
const PAGE_ROWS = 8;

/** @throws {Unanswered} if this run has no folder */
export function folderOf({ folder }: ProbeWorld): ProbeFolder {
  if ('missing' in folder) throw new Unanswered(folder.missing);
  return folder;
}

export const OBJECT_PROBES: Probes<typeof OBS_QUESTIONS> = {
  'append-concurrency': async (world) => {
    const folder = folderOf(world);
    const texts = Array.from({ length: SIMULTANEOUS }, (_, i) => `${String(i).padStart(3, '0')}\n`);
    await folder.append('append', 0, 'begin\n');
    const results = await Promise.allSettled(texts.map((text) => folder.append('append', 6, text)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const kept = texts.filter((_, i) => (results[i] as PromiseFulfilledResult<string>).value === 'appended');
    const content = await settled(world, folder, 'append', (text) => kept.every((one) => text.includes(one)));
    const found = kept.filter((text) => content.includes(text)).length;
    const evidence = `${SIMULTANEOUS} appends at one position: ${kept.length} succeeded, ${SIMULTANEOUS - kept.length} got 409, and the object has the data of ${found}`;
    if (kept.length === 1 && found === 1) return { behavior: 'atomic', evidence };
    if (kept.length > 1 && found === kept.length) return { behavior: 'all-kept', evidence };
    if (kept.length > 1 && found === 1) return { behavior: 'last-kept', evidence };
    return { other: evidence };
  },

  'read-after-write': async (world) => {
    const folder = folderOf(world);
    let stale = 0;
    for (let round = 0; round < world.rounds; round++) {
      world.progress(`read-after-write: ${round + 1} of ${world.rounds}`);
      // New objects and new contents of one object, in turn.
      const name = round % 2 === 0 ? `read/${round}` : 'read/again';
      await folder.put(name, `round ${round}`);
      if ((await folder.read(name)) !== `round ${round}`) stale++;
    }
    const evidence = `${world.rounds} writes, each read at once: ${stale} reads returned something else`;
    return { behavior: stale === 0 ? 'current' : 'stale', evidence };
  },

  'object-list-lag': async (world) => {
    const folder = folderOf(world);
    let missing = 0;
    for (let round = 0; round < world.rounds; round++) {
      world.progress(`object-list-lag: ${round + 1} of ${world.rounds}`);
      await folder.put(`list/${round}`, '');
      if (!(await isListed(folder, `list/${round}`))) missing++;
    }
    const seen = `${world.rounds} new objects, each listed at once: ${missing} were missing`;
    if (missing === 0) return { behavior: 'none', evidence: seen };
    const lagMs = await listLag(world, folder);
    if (lagMs === undefined) return { other: `${seen}; one did not appear within ${LAG_LIMIT_MS / 1000} s` };
    const evidence = `${seen}; one appeared after ${(lagMs / 1000).toFixed(1)} s`;
    return lagMs <= KNOWN_LAG_MS ? { behavior: 'two-seconds', evidence } : { other: evidence };
  },

  'object-page-size': async (world) => {
    const folder = folderOf(world);
    for (let i = 0; i < PAGE_ROWS; i++) await folder.put(`page/${i}`, '');
    await waitUntil(world, () => isListed(folder, `page/${PAGE_ROWS - 1}`));
    const { names, isTruncated } = await folder.list('page/', PAGE_ROWS);
    const evidence = `${PAGE_ROWS} objects, a page of up to ${PAGE_ROWS}: it had ${names.length}`;
    if (names.length === PAGE_ROWS) return { behavior: 'full', evidence };
    return isTruncated ? { behavior: 'short', evidence } : { other: `${evidence}, and said that no more follow` };
  },

  'multipart-etag': async (world) => {
    const text = 'one part\n';
    const eTag = await folderOf(world).putInParts('parts', text);
    const md5 = createHash('md5').update(text);
    const content = md5.copy().digest('hex');
    const parts = `${createHash('md5').update(md5.digest()).digest('hex')}-1`;
    if (eTag === parts) return { behavior: 'of-parts', evidence: 'the MD5 of the MD5s of its parts, and their number' };
    if (eTag === content) return { behavior: 'of-content', evidence: 'the MD5 of its content' };
    return { other: `neither of the two: ${eTag.length} characters` };
  },
};

async function isListed(folder: ProbeFolder, name: string): Promise<boolean> {
  return (await folder.list(name, 1)).names.includes(name);
}

/** How long a new object is missing in a list (ms); `undefined` if for longer than anybody waits. */
async function listLag(world: ProbeWorld, folder: ProbeFolder): Promise<number | undefined> {
  await folder.put('list/timed', '');
  const startedAt = Date.now();
  const isShown = await waitUntil(world, () => isListed(folder, 'list/timed'));
  return isShown ? Date.now() - startedAt : undefined;
}

/** The content once it is as expected, or as it is when time is up. */
async function settled(
  world: ProbeWorld,
  folder: ProbeFolder,
  name: string,
  isExpected: (text: string) => boolean,
): Promise<string> {
  let text = '';
  await waitUntil(
    world,
    async () => {
      text = (await folder.read(name)) ?? '';
      return isExpected(text);
    },
    KNOWN_LAG_MS,
  );
  return text;
}

/** @returns whether it was done in time */
async function waitUntil(world: ProbeWorld, isDone: () => Promise<boolean>, limitMs = LAG_LIMIT_MS): Promise<boolean> {
  const startedAt = Date.now();
  for (;;) {
    if (await isDone()) return true;
    if (Date.now() - startedAt >= limitMs) return false;
    await world.sleep(LOOK_AGAIN_MS);
  }
}
