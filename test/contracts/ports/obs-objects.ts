import type { ObsService } from '../../../lib/ports/obs.ts';

export interface ObsObjectsSubject {
  readonly obs: ObsService;
  readonly bucket: string;
  /** Is versioning enabled? */
  readonly versioned: boolean;
  /** Puts an object; each is at least a second newer than the one before. */
  readonly put: (key: string, content: string) => Promise<void>;
  readonly remove: (key: string) => Promise<void>;
}

const EPOCH = '1970-01-01T00:00:00.000Z';

/** What objects in a bucket do, in OBS and in its fakes. */
export function obsObjectsPort(name: string, make: () => Promise<ObsObjectsSubject>): void {
  describe(name, () => {
    let subject: ObsObjectsSubject;
    let obs: ObsService;
    let bucket: string;
    beforeEach(async () => {
      subject = await make();
      ({ obs, bucket } = subject);
    });

    const keys = async (...[prefix, since = EPOCH, most = 100, ...more]: Partial<Listing>) =>
      (await obs.listSince(bucket, prefix ?? '', since, most, ...more)).map(({ key }) => key);

    it('lists no objects in an empty bucket', async () => {
      expect(await keys()).toEqual([]);
    });

    it('lists the objects below a prefix in byte order of their keys', async () => {
      for (const key of ['in/\u{1f600}', 'in/\uffee', 'in/b', 'in/B', 'in', 'other/a']) await subject.put(key, 'x');

      expect(await keys('in/')).toEqual(['in/B', 'in/b', 'in/\uffee', 'in/\u{1f600}']);
      expect(await keys('in/', EPOCH, 100, 'in/b')).toEqual(['in/\uffee', 'in/\u{1f600}']);
    });

    it('lists at most as many objects as requested', async () => {
      for (const key of ['a', 'b', 'c']) await subject.put(key, 'x');

      expect(await keys('', EPOCH, 2)).toEqual(['a', 'b']);
    });

    it('lists what changed since a time, in any notation of it', async () => {
      await subject.put('old', 'x');
      await subject.put('new', 'x');
      const [{ lastModified = '' } = {}] = (await obs.listSince(bucket, 'new', EPOCH, 1)) ?? [];
      expect(lastModified).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);

      expect(await keys('', lastModified)).toEqual(['new']);
      expect(await keys('', lastModified.replace('.000Z', 'Z'))).toEqual(['new']);
    });

    it('refuses an invalid time', async () => {
      await expect(keys('', 'yesterday')).rejects.toMatchObject({ outcome: 'not_sent', cloudCode: 'bad_time' });
    });

    it('lists only the newest version of a key, and no removed key', async () => {
      await subject.put('a', 'first');
      await subject.put('a', 'second one');
      await subject.put('b', 'x');
      await subject.remove('b');

      await expect(obs.listSince(bucket, '', EPOCH, 100)).resolves.toMatchObject([{ key: 'a', size: 10 }]);
    });

    it('identifies content by the same eTag and version in a list and in a read', async () => {
      await subject.put('a', '0123456789');

      const [listed] = await obs.listSince(bucket, 'a', EPOCH, 1);
      const { start, ...identity } = await obs.readStart(bucket, 'a', 4);
      expect(start).toEqual(Buffer.from('0123'));
      expect({ key: 'a', ...identity }).toEqual(listed);
      expect(Object.keys(identity).includes('versionId')).toBe(subject.versioned);
    });

    it('reads all of an object that is shorter than requested', async () => {
      await subject.put('short', 'ab');
      await subject.put('empty', '');

      await expect(obs.readStart(bucket, 'short', 9)).resolves.toMatchObject({ size: 2, start: Buffer.from('ab') });
      await expect(obs.readStart(bucket, 'empty', 9)).resolves.toMatchObject({ size: 0, start: Buffer.alloc(0) });
    });

    it('reads the end of an object as long as its size is the known one', async () => {
      await subject.put('a', '0123456789');

      await expect(obs.readEnd(bucket, 'a', 7, 10)).resolves.toEqual(Buffer.from('789'));
      await expect(obs.readEnd(bucket, 'a', 7, 11)).resolves.toBeUndefined();
    });

    it('finds no missing object', async () => {
      const gone = { name: 'CloudError', outcome: 'rejected', temporary: false, status: 404, cloudCode: 'NoSuchKey' };

      await expect(obs.readStart(bucket, 'gone', 4)).rejects.toMatchObject(gone);
      await expect(obs.readEnd(bucket, 'gone', 0, 4)).rejects.toMatchObject(gone);
    });
  });
}

type Listing = [prefix: string, since: string, most: number, after: string];
