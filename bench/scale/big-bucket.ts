import type { ObsObject, ObsService } from '../../lib/ports/obs.ts';
import { SMALL_RDB } from '../../test/fixtures/rdb.ts';

const PAGE = 1_000;
const RDB = Buffer.from(SMALL_RDB, 'latin1');

/** A bucket with many objects, in the order of their keys; a listing costs one request for every thousand, and one before. */
export class BigBucket implements ObsService {
  readonly #request: (what: string) => Promise<void>;
  readonly #objects: readonly ObsObject[];

  /** @param request is waited for before each request */
  constructor(objects: readonly ObsObject[], request: (what: string) => Promise<void>) {
    this.#request = request;
    this.#objects = [...objects].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async readStart(): ReturnType<ObsService['readStart']> {
    await this.#request('obs.readStart');
    return { size: RDB.length, start: RDB };
  }

  async readEnd(): Promise<Buffer> {
    await this.#request('obs.readEnd');
    return RDB;
  }

  async listSince(
    _bucket: string,
    prefix: string,
    since: string,
    most: number,
    after = '',
    goesOn: (upTo: string) => boolean = () => true,
  ): Promise<ObsObject[]> {
    await this.#request('obs.getVersioning');
    const found: ObsObject[] = [];
    for (let from = this.#placeAfter(prefix, after); found.length < most; from += PAGE) {
      await this.#request('obs.list');
      const page = this.#objects.slice(from, from + PAGE).filter(({ key }) => key.startsWith(prefix));
      found.push(...page.filter(({ lastModified }) => lastModified >= since));
      if (page.length < PAGE || !goesOn(page.at(-1)?.key ?? '')) break;
    }
    return found.slice(0, most);
  }

  #placeAfter(prefix: string, after: string): number {
    const isBehind = ({ key }: ObsObject) => key > after && key >= prefix;
    const place = this.#objects.findIndex(isBehind);
    return place < 0 ? this.#objects.length : place;
  }
}
