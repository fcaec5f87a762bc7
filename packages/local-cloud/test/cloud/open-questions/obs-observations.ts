import { createHash } from 'node:crypto';
import type { OBS_QUESTIONS } from '../../../src/cloud/open-questions/obs-questions.ts';
import type { Observations, World } from './observation.ts';

async function append({ sdk }: World, position: number, text: string): Promise<number> {
  const { CommonMsg } = await sdk('appendObject', { Bucket: 'backups', Key: 'log', Position: position, Body: text });
  return CommonMsg.Status;
}

async function read({ sdk }: World, key: string): Promise<unknown> {
  const { CommonMsg, InterfaceResult } = await sdk('getObject', { Bucket: 'backups', Key: key });
  return CommonMsg.Status === 200 ? String(InterfaceResult.Content) : CommonMsg.Status;
}

async function put({ sdk }: World, key: string, text: string): Promise<void> {
  await sdk('putObject', { Bucket: 'backups', Key: key, Body: text });
}

async function list({ sdk }: World): Promise<string> {
  const { InterfaceResult } = await sdk('listObjects', { Bucket: 'backups' });
  return (InterfaceResult.Contents as { readonly Key: string }[]).map(({ Key }) => Key).join(' ');
}

export const OBS_OBSERVATIONS: Observations<typeof OBS_QUESTIONS> = {
  'append-concurrency': {
    see: async (world) => {
      const first = await append(world, 0, 'one,');
      const both = [await append(world, 4, 'two,'), await append(world, 4, 'three,')].sort();
      world.clock.advance(2_000);
      return [first, ...both, await append(world, 0, 'late,'), await read(world, 'log')];
    },
    under: {
      atomic: [200, 200, 409, 409, 'one,two,'],
      'all-kept': [200, 200, 200, 409, 'one,two,three,'],
      'last-kept': [200, 200, 200, 409, 'one,three,'],
    },
  },
  'read-after-write': {
    see: async (world) => {
      await put(world, 'a', 'first');
      const atOnce = await read(world, 'a');
      world.clock.advance(2_000);
      await put(world, 'a', 'second');
      const after = await read(world, 'a');
      world.clock.advance(2_000);
      return [atOnce, after, await read(world, 'a')];
    },
    under: { current: ['first', 'second', 'second'], stale: [404, 'first', 'second'] },
  },
  'object-list-lag': {
    see: async (world) => {
      await put(world, 'a', '');
      const before = await list(world);
      world.clock.advance(2_000);
      return [before, await list(world)];
    },
    under: { none: ['a', 'a'], 'two-seconds': ['', 'a'] },
  },
  'object-page-size': {
    see: async (world) => {
      for (const key of ['a', 'b', 'c', 'd']) await put(world, key, '');
      return list(world);
    },
    under: { full: 'a b c d', short: 'a b c' },
  },
  'append-event': {
    see: async (world) => {
      await append(world, 0, 'one,');
      return world.objectEvents.map(({ eventName }) => eventName);
    },
    under: { none: [], put: ['ObjectCreated:Put'] },
  },
  'multipart-etag': {
    see: async ({ sdk }) => {
      const upload = { Bucket: 'backups', Key: 'a' };
      const { UploadId } = (await sdk('initiateMultipartUpload', upload)).InterfaceResult;
      const part = (await sdk('uploadPart', { ...upload, UploadId, PartNumber: 1, Body: 'text' })).InterfaceResult;
      const Parts = [{ PartNumber: 1, ETag: part.ETag }];
      const done = await sdk('completeMultipartUpload', { ...upload, UploadId, Parts });
      return String(done.InterfaceResult.ETag).replaceAll('"', '');
    },
    under: {
      'of-parts': `${createHash('md5').update(createHash('md5').update('text').digest()).digest('hex')}-1`,
      'of-content': createHash('md5').update('text').digest('hex'),
    },
  },
};
