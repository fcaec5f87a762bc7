/** An elastic cloud server of the local cloud. */
export interface LocalServer {
  readonly id: string;
  readonly name: string;
  /** @default 'ACTIVE' */
  readonly status?: string;
  /** @default ['192.168.0.25'] */
  readonly fixedIps?: readonly string[];
  /** @default [] */
  readonly floatingIps?: readonly string[];
  /** Additional `metadata`; the service documents only some of its keys. @default {} */
  readonly metadata?: Readonly<Record<string, string>>;
  /** The first is the system disk, unless `bootIndex` says otherwise. */
  readonly disks: readonly LocalServerDisk[];
}

/** A volume attached to a server. */
export interface LocalServerDisk {
  /** The EVS volume ID. */
  readonly id: string;
  readonly sizeGb: number;
  /** 0 for the system disk. @default its index in the list */
  readonly bootIndex?: number;
  /** @default '/dev/vda' and so on, by its index in the list */
  readonly device?: string;
}

/** The servers of the local ECS, by ID. */
export class Servers {
  readonly #byId = new Map<string, LocalServer>();

  constructor(servers: readonly LocalServer[]) {
    for (const server of servers) this.set(server);
  }

  set(server: LocalServer): void {
    this.#byId.set(server.id, server);
  }

  find(id: string): LocalServer | undefined {
    return this.#byId.get(id);
  }
}
