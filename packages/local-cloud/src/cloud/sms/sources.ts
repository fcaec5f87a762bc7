import { errors } from './errors.ts';

/** A source server registered by its Agent. */
export interface LocalSource {
  readonly id: string;
  readonly name: string;
  readonly osType: 'LINUX' | 'WINDOWS';
  /** @default '10.1.1.10' */
  readonly ip?: string;
  /** @default true */
  readonly connected?: boolean;
  /** Its state while it has no task. @default 'waiting': ready for a target */
  readonly state?: string;
  /** @default 'BIOS' */
  readonly firmware?: 'BIOS' | 'UEFI';
  /** As returned by ShowServer. @default one system disk of 40 GB */
  readonly disks?: readonly Readonly<Record<string, unknown>>[];
  /** @default [] */
  readonly volumeGroups?: readonly Readonly<Record<string, unknown>>[];
  /** @default [] */
  readonly btrfsList?: readonly Readonly<Record<string, unknown>>[];
  /** The disks of the recommended target layout. @default `disks`, without fields that only a source has */
  readonly initDisks?: readonly Readonly<Record<string, unknown>>[];
  /** MB. @default 4096 */
  readonly memoryMb?: number;
  /** @default 2 */
  readonly cpuQuantity?: number;
  /** @default '' */
  readonly ipv6?: string;
  /** The ID of its migration project. @default '' */
  readonly migProjectId?: string;
  /** @default '0', the default project */
  readonly enterpriseProjectId?: string;
  /** A task that is not in any list, such as one of another enterprise project. @default its task in this cloud, if it has one */
  readonly currentTask?: {
    readonly id: string;
    readonly name: string;
    readonly type: string;
    readonly state: string;
  };
  /** Results of the source's checks. @default a single OK */
  readonly checks?: readonly Readonly<Record<string, unknown>>[];
}

/** The source servers of the local cloud. */
export class Sources {
  readonly #byId = new Map<string, LocalSource>();

  constructor(sources: readonly LocalSource[]) {
    for (const source of sources) this.set(source);
  }

  set(source: LocalSource): void {
    this.#byId.set(source.id, source);
  }

  delete(id: string): void {
    this.#byId.delete(id);
  }

  all(): LocalSource[] {
    return [...this.#byId.values()];
  }

  /** Undefined for a source that does not exist, for example that of a task from the state file. */
  find(id: string): LocalSource | undefined {
    return this.#byId.get(id);
  }

  /** @throws {ServiceError} SMS.7602 */
  get(id: string): LocalSource {
    const source = this.find(id);
    if (source === undefined) throw errors.unknownSource(id);
    return source;
  }
}
